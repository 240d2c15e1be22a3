"""Compares exported commissions with the peer's, row by row; exits with 1 if any differs.

usage: compare.py EXPORTED.csv PEER.csv
"""

import sys

import duckdb

KEYS = "kind, order_id, line_id, creator_id, touch, state"


def read(path: str, amount: str) -> str:
    """A query for the rows of a file, amounts in cents; `amount` says how the file writes them."""
    base, commission = amount.format("base"), amount.format("commission")
    return f"select {KEYS}, {base}::bigint, {commission}::bigint from read_csv('{path}', header = true, all_varchar = true)"


if __name__ == "__main__":
    ours, theirs = read(sys.argv[1], "replace({}, '.', '')"), read(sys.argv[2], "{}")
    count = lambda query: duckdb.execute(f"select count(*) from ({query})").fetchone()[0]
    rows, more, missing = count(ours), count(f"{ours} except all {theirs}"), count(f"{theirs} except all {ours}")
    if rows == 0 or more or missing:
        sys.exit(f"of {rows} commissions {more} are not the peer's; {missing} of the peer's are missing")
