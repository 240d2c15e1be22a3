#!/usr/bin/env python3
"""Posts one large entry to an empty ledger, and loads the same rows into a bare table with the same columns, keys and indexes.

SQLite's bare load is one prepared INSERT, executed for each row in one transaction with the ledger's own settings; PostgreSQL's is
psql's binary COPY from a file. Needs python3; for PostgreSQL, psql and PURSER_TEST_POSTGRES (tests/postgres sets it):

    tests/postgres python3 benches/posting/run.py

Exits with 1 if posting is slower than 60 % of a bare load.
"""

import argparse
import json
import os
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LIMIT = 60


def post(binary: str, url: str, count: int) -> float:
    """Seconds for the entry, as the benchmark's own binary tells them."""
    told = subprocess.run([binary, url, str(count)], check=True, capture_output=True, text=True).stdout
    return int(told.split()[0]) / 1000


def sqlite_bare(ledger: Path, bare: Path) -> float:
    """Seconds for the bare load of the ledger's rows."""
    source = sqlite3.connect(ledger)
    rows = source.execute("SELECT * FROM transfers ORDER BY program, entry, position").fetchall()
    tables = source.execute("SELECT sql FROM sqlite_master WHERE tbl_name IN ('entries', 'transfers') AND type IN ('table', 'index') AND sql IS NOT NULL")
    target = sqlite3.connect(bare, isolation_level=None)
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "cache_size = -65536", "foreign_keys = ON"):
        target.execute(f"PRAGMA {pragma}")
    for (sql,) in tables.fetchall():
        target.execute(sql)
    entry = source.execute("SELECT * FROM entries").fetchone()
    target.execute(f"INSERT INTO entries VALUES ({','.join('?' * len(entry))})", entry)
    insert = f"INSERT INTO transfers VALUES ({','.join('?' * len(rows[0]))})"
    started = time.perf_counter()
    target.execute("BEGIN IMMEDIATE")
    target.executemany(insert, rows)
    target.execute("COMMIT")
    return time.perf_counter() - started


def psql(url: str, *commands: str) -> str:
    arguments = [part for command in commands for part in ("-c", command)]
    return subprocess.run(["psql", "-X", "-q", "-At", "-v", "ON_ERROR_STOP=1", "-d", url, *arguments], check=True, capture_output=True, text=True).stdout


def postgres_bare(url: str, file: Path) -> float:
    """Seconds for the bare load: keys and indexes are there, triggers are not."""
    psql(url, f"\\copy (SELECT * FROM transfers ORDER BY program, entry, position) TO '{file}' (FORMAT BINARY)")
    psql(url, "CREATE TABLE bare (LIKE transfers INCLUDING ALL)")
    started = time.perf_counter()
    psql(url, f"\\copy bare FROM '{file}' (FORMAT BINARY)")
    return time.perf_counter() - started


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--transfers", type=int, default=500_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--binary", help="the built benchmark; built when it is not given")
    given = parser.parse_args()
    binary = given.binary or build()
    server = os.environ.get("PURSER_TEST_POSTGRES")
    slow = False
    print(f"{given.transfers} transfers in one entry, {given.rounds} rounds")
    for name in ("SQLite", "PostgreSQL"):
        if name == "PostgreSQL" and not server:
            print("PostgreSQL: not measured, PURSER_TEST_POSTGRES is not set")
            slow = True
            continue
        posted, bare = [], []
        for _ in range(given.rounds):
            with tempfile.TemporaryDirectory() as folder:
                place = Path(folder)
                if name == "SQLite":
                    posted.append(post(binary, f"sqlite://{place / 'ledger.db'}", given.transfers))
                    bare.append(sqlite_bare(place / "ledger.db", place / "bare.db"))
                else:
                    psql(f"{server}/postgres", "DROP DATABASE IF EXISTS posting_bench", "CREATE DATABASE posting_bench")
                    posted.append(post(binary, f"{server}/posting_bench", given.transfers))
                    bare.append(postgres_bare(f"{server}/posting_bench", place / "rows"))
        rate = [100 * b / p for p, b in zip(posted, bare)]
        print(f"{name}: posting {statistics.median(posted):.2f} s, bare load {statistics.median(bare):.2f} s, "
              f"rate {statistics.median(rate):.0f} % of a bare load ({', '.join(f'{r:.0f}' for r in rate)})")
        slow |= statistics.median(rate) < LIMIT
    return 1 if slow else 0


def build() -> str:
    """Builds the benchmark beside the release build and answers where it is."""
    command = ["cargo", "build", "--release", "--locked", "--bench", "posting", "--message-format=json"]
    built = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    messages = [json.loads(line) for line in built.splitlines() if line.startswith("{")]
    return next(m["executable"] for m in messages if m.get("executable") and m["target"]["name"] == "posting")


if __name__ == "__main__":
    sys.exit(main())
