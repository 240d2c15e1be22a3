"""How long a shop of a million orders takes by its API: the first load, a night on which nothing is new, and a day that brings one per cent
more. Beside the first load stands the time that a script takes to write the same file down.
"""

import argparse
import os
import re
import subprocess
import tempfile
import time
import urllib.request
from pathlib import Path

from server import Shop, serve


def program(folder, address, creators):
    (folder / "creators.csv").write_text(
        "creator_id,name,email,group,active_from,active_to\n"
        + "".join(f"c{n},Creator {n},c{n}@people.example,,,\n" for n in range(creators))
    )
    (folder / "links.csv").write_text(
        "link_key,creator_id,active_from,active_to\n" + "".join(f"l{n},c{n},,\n" for n in range(creators))
    )
    (folder / "codes.csv").write_text(
        "code,creator_id,active_from,active_to\n" + "".join(f"CODE{n},c{n},,\n" for n in range(creators))
    )
    # Without a hold nothing moves by itself, so that a night on which nothing is new has nothing to do but to find that out.
    (folder / "shop.toml").write_text(
        '[program]\nname = "Crowd"\ncurrency = "USD"\ntime_zone = "UTC"\n'
        '[sources]\ncreators = "creators.csv"\nlinks = "links.csv"\ncodes = "codes.csv"\n'
        f'[sources.shop]\nkind = "shopify"\nshop = "http://{address}"\ntoken_env = "TOKEN"\nlink = "ref"\nsub_id = "utm_source"\n'
        '[commission]\nhold = "0d"\n[[commission.rates]]\npercent = "10"\n'
    )


def run(purser, folder, *arguments):
    """Runs purser; seconds, seconds of CPU, and MiB at most."""
    environment = {**os.environ, "TOKEN": "shpat_bench", "PURSER_LOG": "error", "PURSER_DATA_DIR": str(folder / "kept")}
    begin = time.monotonic()
    process = subprocess.Popen([purser, *arguments], cwd=folder, env=environment, stdout=subprocess.PIPE, text=True)
    out = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        raise SystemExit(f"purser {' '.join(arguments)} failed:\n{out}")
    return out, time.monotonic() - begin, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def script(address, folder):
    """What somebody would write who only wants the orders: the file, line by line, to disk."""
    begin = time.monotonic()
    with urllib.request.urlopen(f"http://{address}/bulk.jsonl") as answer, open(folder / "bulk.jsonl", "wb") as file:
        while part := answer.read(1 << 20):
            file.write(part)
    return time.monotonic() - begin, (folder / "bulk.jsonl").stat().st_size


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--orders", type=int, default=1_000_000)
    arguments.add_argument("--creators", type=int, default=2_000)
    arguments.add_argument("--purser", default="target/release/purser")
    arguments = arguments.parse_args()
    purser = str(Path(arguments.purser).resolve())
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        shop = Shop(arguments.orders, arguments.creators, 90)
        address = serve(shop)
        program(folder, address, arguments.creators)
        rows = []
        for name in ("first load", "nothing new", "nothing new", "one per cent more", "nothing new"):
            if name == "one per cent more":
                shop.grow(arguments.orders // 100)
            shop.asked.clear()
            out, *figures = run(purser, folder, "run", "nightly", "--jobs", "shop.toml", "--by", "bench")
            if not re.search(r"(\d+) of \1 orders", out):
                raise SystemExit(f"not all orders came:\n{out}")
            rows.append((name, *figures, len(shop.asked)))
        seconds, size = script(address, folder)
        print("| | wall | CPU | peak memory | questions |\n| --- | ---: | ---: | ---: | ---: |")
        for name, wall, cpu, memory, asked in rows:
            print(f"| {name} | {wall:.2f} s | {cpu:.2f} s | {memory:.0f} MiB | {asked} |")
        print(f"\na script that writes down the {size / 1e6:.0f} MB of the first load: {seconds:.2f} s")


if __name__ == "__main__":
    main()
