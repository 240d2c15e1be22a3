#!/usr/bin/env python3
"""Times the nightly run against a DuckDB script that computes the same commissions, and checks that they are the same.

Needs python3 and the package duckdb. Exits with 1 if any commission differs by a cent.
"""

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from nights import NIGHTS


def script(name: str, *arguments: str) -> list[str]:
    """A script beside this one, as a process of its own: what a parent needed at its peak counts for its children too."""
    return [sys.executable, str(Path(__file__).resolve().with_name(name)), *arguments]


@dataclass
class Measure:
    """What one process took."""

    wall: float
    cpu: float
    peak: float

    @staticmethod
    def of(command: list[str]) -> "Measure":
        """Runs a command to its end; stops everything if it fails."""
        before = time.perf_counter()
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            sys.exit(f"failed with {process.returncode}: {' '.join(command)}")
        return Measure(time.perf_counter() - before, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def purser(binary: str, folder: Path, night: str, *rest: str) -> list[str]:
    """A purser command on one of the shops. Both have one program and one ledger."""
    program = folder / night / "shop.toml"
    return [binary, "--jobs", str(program), "--database", f"sqlite://{folder}/ledger/bench.db", *rest]


def round_of(binary: str, folder: Path) -> dict[str, Measure]:
    """One round: peers and runs take turns, so that a busy machine is busy for both."""
    shutil.rmtree(folder / "ledger", ignore_errors=True)
    measures = {}

    def peer(night: str) -> None:
        arguments = [str(folder / night), NIGHTS[night], str(folder / f"peer-{night}.csv")]
        measures[f"peer, {night} night"] = Measure.of(script("peer.py", *arguments))

    def nightly(name: str, night: str) -> None:
        measures[name] = Measure.of(purser(binary, folder, night, "run", "nightly", "--as-of", NIGHTS[night]))

    peer("first")
    nightly("first run", "first")
    nightly("repeat", "first")
    check(binary, folder, "first")
    peer("next")
    nightly("next day", "next")
    check(binary, folder, "next")
    return measures


def check(binary: str, folder: Path, night: str) -> None:
    """Compares the exported commissions with the peer's, row by row."""
    ours = folder / f"purser-{night}.csv"
    with ours.open("w") as out:
        subprocess.run(purser(binary, folder, night, "export", "commissions", "--format", "csv"), stdout=out, check=True)
    subprocess.run(script("compare.py", str(ours), str(folder / f"peer-{night}.csv")), check=True)


def show(rounds: list[dict[str, Measure]]) -> None:
    """Prints the median of each measure, and the median of the ratios taken within each round."""
    print(f"{'':20}{'wall':>9}{'CPU':>9}{'peak memory':>14}{'wall against the peer':>24}")
    for name in rounds[0]:
        night = "next" if "next" in name else "first"
        middle = lambda value: statistics.median(value(measures) for measures in rounds)
        ratio = middle(lambda m: m[name].wall / m[f"peer, {night} night"].wall)
        wall, cpu = middle(lambda m: m[name].wall), middle(lambda m: m[name].cpu)
        peak = middle(lambda m: m[name].peak)
        print(f"{name:20}{wall:7.2f} s{cpu:7.2f} s{peak:10.0f} MiB{ratio:22.2f} x")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--purser", default="target/release/purser", help="the binary (default: %(default)s)")
    parser.add_argument("--orders", type=int, default=1_000_000)
    parser.add_argument("--clicks", type=int, default=10_000_000)
    parser.add_argument("--creators", type=int, default=5_000)
    parser.add_argument("--rounds", type=int, default=3, help="the medians of so many are shown (default: %(default)s)")
    parser.add_argument("--folder", type=Path, help="where shops and ledger go, and stay (default: a temporary folder)")
    options = parser.parse_args()
    binary = shutil.which(options.purser) or sys.exit(f"{options.purser} is no program; build it with: cargo build --release")
    with tempfile.TemporaryDirectory() as temporary:
        folder = (options.folder or Path(temporary)).resolve()
        sizes = [str(size) for size in (options.orders, options.clicks, options.creators)]
        subprocess.run(script("shop.py", str(folder), *sizes), check=True)
        show([round_of(os.path.abspath(binary), folder) for _ in range(options.rounds)])
    print("All commissions equal the peer's to the cent.")


if __name__ == "__main__":
    main()
