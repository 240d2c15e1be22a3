#!/usr/bin/env python3
"""What a server costs that has nothing to do: 200 programs in `purser serve`, their memory and CPU time while they wait.

Each program is the sample shop of `purser init`, due at another minute of the night. All of them run once, so that the server has
seen work; then it is watched while it only looks, once a minute, what is due.
"""

import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")
PORT = 9471


def used(pid: int) -> tuple[float, float, float]:
    """CPU seconds so far, resident memory and its peak in MiB."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    status = dict(line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines())
    memory = lambda name: int(status[name].split()[0]) / 1024
    return (int(fields[11]) + int(fields[12])) / TICKS, memory("VmRSS"), memory("VmHWM")


def done(purser: list[str]) -> int:
    text = subprocess.run([*purser, "status", "--format", "json"], capture_output=True, check=True, text=True).stdout
    return sum(run["state"] == "done" for run in json.loads(text))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--purser", default="target/release/purser", help="the binary (default: %(default)s)")
    parser.add_argument("--programs", type=int, default=200)
    parser.add_argument("--minutes", type=int, default=3, help="for how long it is watched (default: %(default)s)")
    options = parser.parse_args()
    binary = shutil.which(options.purser) or sys.exit(f"{options.purser} is no program; build it with: cargo build --release")
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([binary, "init", folder], check=True, stdout=subprocess.DEVNULL)
        jobs = Path(folder) / "jobs"
        sample = (jobs / "shop.toml").read_text()
        (jobs / "shop.toml").unlink()
        # Due within the hour before: what came just before the first start is done.
        minute = time.gmtime(time.time() - 120)
        job = f'\n[jobs.nightly]\nschedule = "{minute.tm_min} {minute.tm_hour} * * *"\nsteps = ["fetch", "reconcile"]\n'
        rules = sample.split("\n[jobs", 1)[0]
        for place in range(options.programs):
            (jobs / f"shop{place:03}.toml").write_text(rules + job)
        purser = [binary, "--jobs", str(jobs), "--database", f"sqlite://{folder}/ledger.db"]
        server = subprocess.Popen([*purser, "serve", "--listen", f"127.0.0.1:{PORT}"], stderr=subprocess.DEVNULL)
        try:
            began = time.monotonic()
            while done(purser) < options.programs:
                time.sleep(1)
            print(f"{options.programs} programs ran once within {time.monotonic() - began:.0f} s of the start")
            time.sleep(5)
            before, start = used(server.pid), time.monotonic()
            time.sleep(options.minutes * 60)
            after, seconds = used(server.pid), time.monotonic() - start
            busy = after[0] - before[0]
            print(f"idle for {seconds:.0f} s: {busy:.2f} s of CPU, {100 * busy / seconds:.2f} % of one core")
            print(f"memory: {after[1]:.0f} MiB now, {after[2]:.0f} MiB at most")
            urllib.request.urlopen(f"http://127.0.0.1:{PORT}/metrics").read()
            start = time.monotonic()
            size = len(urllib.request.urlopen(f"http://127.0.0.1:{PORT}/metrics").read())
            print(f"/metrics: {size / 1024:.0f} kB in {1000 * (time.monotonic() - start):.0f} ms")
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait()


if __name__ == "__main__":
    main()
