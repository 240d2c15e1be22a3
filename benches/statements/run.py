#!/usr/bin/env python3
"""Times the building of a month's statements, and how much memory it takes.

Two shops of as many creators: one in which each was owed a fee, whose statements have no chart and no PDF; and one in which each sold
something in two months, whose statements have both. The mails are put into the outbox, and wait there.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

AS_OF = "2026-04-01T06:00:00Z"
HEADERS = {
    "orders": "order_id,ordered_at,updated_at,status,currency,customer_id,customer_email,visitor_id,click_id,codes",
    "order_lines": "order_id,line_id,sku,category,quantity,net_amount,title",
    "refunds": "refund_id,order_id,line_id,refunded_at,amount",
    "clicks": "click_id,clicked_at,visitor_id,link_key,sub_id",
    "creators": "creator_id,name,email,group,active_from,active_to",
    "links": "link_key,creator_id,active_from,active_to",
    "codes": "code,creator_id,active_from,active_to",
    "fx": "date,from,to,rate",
    "fees": "fee_id,creator_id,amount,due_on,memo",
}


def invent(folder: Path, creators: int, sold: bool) -> None:
    """A shop: everybody has a fee in March; where something was sold, two orders by a code, one of them in February."""
    rows: dict[str, list[str]] = {name: [header] for name, header in HEADERS.items()}
    for n in range(creators):
        rows["creators"].append(f"c{n:06},Creator {n},c{n:06}@example.com,,,")
        rows["fees"].append(f"f{n:06},c{n:06},25.00,2026-03-10,reel")
        if sold:
            rows["codes"].append(f"C{n:06},c{n:06},,")
            for place, month in enumerate(["02", "03"]):
                order = f"o{n:06}{place}"
                time_of = f"2026-{month}-{1 + n % 27:02}T10:00:00Z"
                rows["orders"].append(f"{order},{time_of},{time_of},paid,USD,p{n},,,,C{n:06}")
                rows["order_lines"].append(f"{order},1,S{n % 50},skin,1,{20 + n % 80}.50,Product {n % 50}")
    for name, lines in rows.items():
        (folder / f"{name}.csv").write_text("\n".join(lines) + "\n")
    sources = "".join(f'{name} = "{name}.csv"\n' for name in HEADERS)
    pdf = "true" if sold else "false"
    (folder / "shop.toml").write_text(
        f'[program]\nname = "Bench"\ncurrency = "USD"\ntime_zone = "UTC"\n[sources]\n{sources}'
        '[attribution]\nwindow = "14d"\n[commission]\nhold = "10d"\n[[commission.rates]]\npercent = "10"\n'
        f"[statements]\npdf = {pdf}\n"
    )


def run(binary: str, folder: Path, job: str) -> tuple[float, float, float]:
    """Wall and CPU seconds, and peak memory in MiB."""
    command = [binary, "--jobs", str(folder / "shop.toml"), "--database", f"sqlite://{folder}/ledger/bench.db"]
    command += ["run", *job.split(), "--as-of", AS_OF]
    # Nothing listens there: mails wait, so that building is not mixed with sending.
    environment = {**os.environ, "PURSER_SMTP_URL": "smtp://127.0.0.1:9"}
    before = time.perf_counter()
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=log, env=environment)
        _, status, used = os.wait4(process.pid, 0)
    wall = time.perf_counter() - before
    process.returncode = os.waitstatus_to_exitcode(status)
    text = (folder / "log").read_text()
    if process.returncode != 0:
        sys.exit(f"failed with {process.returncode}: {' '.join(command)}\n{text}")
    return wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--creators", type=int, default=100_000)
    parser.add_argument("--purser", default="target/release/purser")
    parser.add_argument("--without", action="store_true", help="only those without chart and PDF")
    parser.add_argument("--folder", type=Path, help="keeps the files there")
    options = parser.parse_args()
    print("| statements | wall | CPU | a second of wall | a second of CPU | peak memory |\n| --- | ---: | ---: | ---: | ---: | ---: |")
    kinds = [("without chart and PDF", False), ("with both", True)]
    for name, sold in kinds[: 1 if options.without else 2]:
        folder = Path(options.folder or tempfile.mkdtemp()) / ("sold" if sold else "fees")
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        invent(folder, options.creators, sold)
        run(options.purser, folder, "nightly")
        wall, cpu, peak = run(options.purser, folder, "statements")
        count = options.creators
        print(f"| {count:,} {name} | {wall:.1f} s | {cpu:.1f} s | {count / wall:,.0f} | {count / cpu:,.0f} | {peak:,.0f} MiB |", flush=True)
        if not options.folder:
            shutil.rmtree(folder)


if __name__ == "__main__":
    main()
