"""How fast access logs become clicks: a day's log of a shop in each form, read by `purser validate`."""

import argparse
import gzip
import os
import pathlib
import random
import resource
import shutil
import subprocess
import tempfile
import time

AGENTS = [
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
]
PATHS = ["/", "/products/serum", "/assets/theme.css", "/assets/hero.webp", "/cart.js", "/collections/all?page=2", "/search?q=serum&type=product"]


def lines(form, megabytes, share):
    """Lines of one form, of which this share are visits by a creator's link."""
    random.seed(1)
    size, wanted, second = 0, megabytes * 1_000_000, 0
    while size < wanted:
        second += random.random() < 0.02
        hour, minute, seconds = second // 3600 % 24, second // 60 % 60, second % 60
        visitor = f"v{random.randrange(10**9):09}"
        path = random.choice(PATHS)
        if random.random() < share:
            path = f"/products/serum?utm_source=instagram&ref=link{random.randrange(5000)}&sub_id=story"
        agent = random.choice(AGENTS)
        address = f"203.0.113.{random.randrange(256)}"
        if form == "json":
            line = (
                f'{{"time_iso8601":"2026-02-03T{hour:02}:{minute:02}:{seconds:02}+00:00","remote_addr":"{address}","request":"GET {path} HTTP/2.0",'
                f'"status":200,"body_bytes_sent":18422,"http_referer":"https://www.instagram.com/","http_user_agent":"{agent}","visitor_id":"{visitor}"}}\n'
            )
        elif form == "cloudfront":
            stem, _, query = path.partition("?")
            line = (
                f"2026-02-03\t{hour:02}:{minute:02}:{seconds:02}\tFRA56-P3\t18422\t{address}\tGET\td1.cloudfront.net\t{stem}\t200\t"
                f"https://www.instagram.com/\t{agent.replace(' ', '%20')}\t{query or '-'}\tvisitor_id={visitor}\n"
            )
        else:
            line = (
                f'{address} - - [03/Feb/2026:{hour:02}:{minute:02}:{seconds:02} +0000] "GET {path} HTTP/2.0" 200 18422 '
                f'"https://www.instagram.com/" "{agent}" visitor_id={visitor}\n'
            )
        size += len(line)
        yield line


FIELDS = (
    "#Version: 1.0\n#Fields: date time x-edge-location sc-bytes c-ip cs-method cs(Host) cs-uri-stem sc-status cs(Referer) "
    "cs(User-Agent) cs-uri-query cs(Cookie)\n"
)

TABLES = {
    "orders": "order_id,ordered_at,updated_at,status,currency,customer_id,customer_email,visitor_id,click_id,codes\n",
    "order_lines": "order_id,line_id,sku,category,quantity,net_amount\n",
    "refunds": "refund_id,order_id,line_id,refunded_at,amount\n",
    "creators": "creator_id,name,email,group,active_from,active_to\n",
    "links": "link_key,creator_id,active_from,active_to\n",
    "codes": "code,creator_id,active_from,active_to\n",
}

PROGRAM = """[program]
name = "Logs"
currency = "USD"
time_zone = "UTC"

[sources]
{tables}
[sources.web]
kind = "access_log"
path = "access.log"

[commission]
[[commission.rates]]
percent = "10"
"""


def measure(purser, folder, form, arguments):
    shop = folder / form
    shop.mkdir()
    for table, header in TABLES.items():
        (shop / f"{table}.csv").write_text(header)
    tables = "".join(f'{table} = "{table}.csv"\n' for table in TABLES)
    (shop / "logs.toml").write_text(PROGRAM.format(tables=tables))
    opened = gzip.open if form == "gzip" else open
    size = 0
    with opened(shop / "access.log", "wt") as out:
        if form == "cloudfront":
            out.write(FIELDS)
        for line in lines(form, arguments.megabytes, arguments.share):
            size += len(line)
            out.write(line)
    command = [purser, "--jobs", shop / "logs.toml", "--database", shop / "ledger.db", "validate"]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.monotonic()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=shop)
    wall = time.monotonic() - began
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    print(f"{form:<11} {size / 1e6:7.0f} MB {wall:7.2f} s {cpu:7.2f} s CPU {size / 1e9 / wall * 60:7.2f} GB a minute {after.ru_maxrss >> 10:6} MiB", flush=True)
    shutil.rmtree(shop)


def main():
    target = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", pathlib.Path.home() / ".cache/purser-target"))
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--purser", default=target / "release/purser", help="the binary")
    parser.add_argument("--megabytes", type=int, default=300, help="the size of each log")
    parser.add_argument("--share", type=float, default=0.1, help="the share of lines that are visits by a creator's link")
    parser.add_argument("--forms", default="combined,gzip,json,cloudfront")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        for form in arguments.forms.split(","):
            measure(arguments.purser, pathlib.Path(folder), form, arguments)


if __name__ == "__main__":
    main()
