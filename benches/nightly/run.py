#!/usr/bin/env python3
"""Times the nightly run against a DuckDB script that computes the same commissions, and checks that they are the same.

Needs python3 and the package duckdb. Exits with 1 if any commission differs by a cent.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from nights import NIGHTS


def script(name: str, *arguments: str) -> list[str]:
    """A script beside this one, as a process of its own: what a parent needed at its peak counts for its children too."""
    return [sys.executable, str(Path(__file__).resolve().with_name(name)), *arguments]


# What the log says at the end of each step of a night.
STEPS = {
    "fetch": "fetched and stored",
    "read": "read the facts",
    "decide": "decided what everybody earned",
    "compare": "compared with what is posted",
    "write": "kept the outcome",
    "commit": "committed it",
}


@dataclass
class Measure:
    """What one process took: seconds, seconds of processors, MiB at most; and the seconds of each step that its log tells."""

    wall: float
    cpu: float
    peak: float
    steps: dict[str, float]

    @staticmethod
    def of(command: list[str]) -> "Measure":
        """Runs a command to its end; stops everything if it fails."""
        with tempfile.TemporaryFile("w+") as log:
            began, before = time.time(), time.perf_counter()
            told = {**os.environ, "PURSER_LOG": "purser=debug"}
            process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=log, env=told)
            _, status, used = os.wait4(process.pid, 0)
            wall = time.perf_counter() - before
            process.returncode = os.waitstatus_to_exitcode(status)
            log.seek(0)
            lines = log.read().splitlines()
        if process.returncode != 0:
            sys.exit(f"failed with {process.returncode}: {' '.join(command)}\n" + "\n".join(lines[-5:]))
        return Measure(wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, steps(lines, began))


def steps(lines: list[str], began: float) -> dict[str, float]:
    """How long each step took, by the times at which the log says that it ended."""
    ends = {}
    for line in filter(lambda line: line.startswith("{"), lines):
        event = json.loads(line)
        for step, words in STEPS.items():
            if event.get("message", "").startswith(words):
                ends[step] = datetime.fromisoformat(event["timestamp"]).timestamp()
    took, last = {}, began
    for step in filter(ends.get, STEPS):
        took[step], last = max(ends[step] - last, 0), max(ends[step], last)
    return took


@dataclass
class Shop:
    """An invented shop on disk, and its ledger beside it."""

    binary: str
    folder: Path
    layout: str

    def make(self, orders: int, clicks: int, creators: int, days: int) -> None:
        """Writes its files for both nights."""
        sizes = [str(size) for size in (orders, clicks, creators, days)]
        subprocess.run(script("shop.py", str(self.folder), self.layout, *sizes), check=True)

    def purser(self, night: str, *rest: str) -> list[str]:
        """A purser command over the files of a night. Both nights have one program and one ledger."""
        program = self.folder / night / "shop.toml"
        return [self.binary, "--jobs", str(program), "--database", f"sqlite://{self.folder}/ledger/bench.db", *rest]

    def run(self, files: str, night: str) -> Measure:
        """A run at the time of a night, over the files of that one or of the other."""
        return Measure.of(self.purser(files, "run", "nightly", "--as-of", NIGHTS[night]))

    def peer(self, files: str, night: str) -> Measure:
        """The peer, over the same files and as of the same time."""
        return Measure.of(script("peer.py", str(self.folder / files), self.layout, NIGHTS[night], str(self.folder / "peer.csv")))

    def check(self, files: str) -> None:
        """Compares the exported commissions with those of the peer that ran last, row by row."""
        ours = self.folder / "purser.csv"
        with ours.open("w") as out:
            subprocess.run(self.purser(files, "export", "commissions", "--format", "csv"), stdout=out, check=True)
        subprocess.run(script("compare.py", str(ours), str(self.folder / "peer.csv")), check=True)

    def forget(self) -> None:
        """Begins anew, without ledger and kept facts."""
        for made in ("ledger", "ledger after the first night"):
            shutil.rmtree(self.folder / made, ignore_errors=True)

    def remember(self) -> None:
        """Keeps the ledger as it is."""
        shutil.copytree(self.folder / "ledger", self.folder / "ledger after the first night")

    def restore(self) -> None:
        """Puts back the ledger that was kept."""
        shutil.rmtree(self.folder / "ledger")
        shutil.copytree(self.folder / "ledger after the first night", self.folder / "ledger")


# A run, and the peer that it is measured against.
Pair = tuple[Measure, Measure]


def round_of(shops: dict[str, Shop]) -> dict[str, Pair]:
    """One round: peers and runs take turns, so that a busy machine is busy for both."""
    pairs: dict[str, Pair] = {}

    def measure(name: str, shop: Shop, files: str, night: str) -> None:
        peer = shop.peer(files, night)
        pairs[name] = (shop.run(files, night), peer)
        shop.check(files)

    for shop in shops.values():
        shop.forget()
    whole = shops["whole"]
    measure("first run", whole, "first", "first")
    pairs["nothing new"] = (whole.run("first", "first"), pairs["first run"][1])
    whole.remember()
    measure("next day, same files", whole, "first", "next")
    whole.restore()
    measure("next day, rewritten files", whole, "next", "next")
    for layout, files in (("daily", "a file more of each"), ("text", "grown files")):
        shops[layout].run("first", "first")
        measure(f"next day, {files}", shops[layout], "next", "next")
    for name in ("90 days", "three years"):
        shops[name].run("first", "first")
        measure(f"next day after {name}", shops[name], "next", "next")
    return pairs


def show(rounds: list[dict[str, Pair]]) -> None:
    """Prints the median of each measure, and the median of the ratios taken within each round."""
    print(f"{'':32}{'wall':>8}{'CPU':>8}{'peak':>10}{'peer, wall':>12}{'CPU':>8}{'peak':>10}{'wall / peer':>13}{'CPU / peer':>12}  steps")
    for name in rounds[0]:
        middle = lambda value: statistics.median(value(*pairs[name]) for pairs in rounds)
        ours = f"{middle(lambda run, _: run.wall):6.2f} s{middle(lambda run, _: run.cpu):6.2f} s{middle(lambda run, _: run.peak):6.0f} MiB"
        peer = f"{middle(lambda _, peer: peer.wall):10.2f} s{middle(lambda _, peer: peer.cpu):6.2f} s{middle(lambda _, peer: peer.peak):6.0f} MiB"
        ratios = f"{middle(lambda run, peer: run.wall / peer.wall):13.2f}{middle(lambda run, peer: run.cpu / peer.cpu):12.2f}"
        took = {step: middle(lambda run, _: run.steps.get(step, 0)) for step in STEPS}
        print(f"{name:32}{ours}{peer}{ratios}  " + ", ".join(f"{step} {seconds:.2f}" for step, seconds in took.items() if seconds))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--purser", default="target/release/purser", help="the binary (default: %(default)s)")
    parser.add_argument("--orders", type=int, default=1_000_000, help="in 90 days (default: %(default)s)")
    parser.add_argument("--clicks", type=int, default=10_000_000)
    parser.add_argument("--creators", type=int, default=5_000)
    parser.add_argument("--rounds", type=int, default=3, help="the medians of so many are shown (default: %(default)s)")
    parser.add_argument("--folder", type=Path, help="where shops and ledgers go, and stay (default: a temporary folder)")
    options = parser.parse_args()
    binary = shutil.which(options.purser) or sys.exit(f"{options.purser} is no program; build it with: cargo build --release")
    with tempfile.TemporaryDirectory() as temporary:
        folder = (options.folder or Path(temporary)).resolve()
        shops = {}
        for layout in ("whole", "daily", "text"):
            shops[layout] = Shop(os.path.abspath(binary), folder / layout, layout)
            shops[layout].make(options.orders, options.clicks, options.creators, 90)
        # The same shop for longer, at a tenth of the size, as three years are twelve times as many rows.
        for name, days in (("90 days", 90), ("three years", 1096)):
            shops[name] = Shop(os.path.abspath(binary), folder / name, "monthly")
            orders, clicks = (count // 10 * days // 90 for count in (options.orders, options.clicks))
            shops[name].make(orders, clicks, options.creators, days)
        show([round_of(shops) for _ in range(options.rounds)])
    print("All commissions equal the peer's to the cent.")


if __name__ == "__main__":
    main()
