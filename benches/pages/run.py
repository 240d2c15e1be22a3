"""How long a page takes where a batch pays ten thousand creators.

It invents a shop in which every creator has sold something in two months, drafts a batch for each, pays the first, starts the server,
signs in, and asks for every page several times. Prints the first, the median and the longest of each in milliseconds, the processor time
that the server took for one (which a busy machine changes less), and the page's size.
"""

import argparse
import http.client
import os
import re
import statistics
import subprocess
import tempfile
import time
import urllib.parse
from pathlib import Path

PASSWORD = "four words and more"


def write(folder, creators):
    """Two orders a creator in January and one in February, all by code."""
    rows = {
        "creators": ["creator_id,name,email,group,active_from,active_to"],
        "codes": ["code,creator_id,active_from,active_to"],
        "orders": ["order_id,ordered_at,updated_at,status,currency,customer_id,customer_email,visitor_id,click_id,codes"],
        "order_lines": ["order_id,line_id,sku,category,quantity,net_amount"],
        "refunds": ["refund_id,order_id,line_id,refunded_at,amount"],
        "clicks": ["click_id,clicked_at,visitor_id,link_key,sub_id"],
        "links": ["link_key,creator_id,active_from,active_to"],
        "payees": ["creator_id,payee_id,name,rail,account,routing,currency,country,account_type"],
    }
    for number in range(creators):
        creator = f"c{number:06}"
        rows["creators"].append(f"{creator},Creator {number},c{number}@example.com,,,")
        rows["codes"].append(f"CODE{number},{creator},,")
        rows["links"].append(f"l{number},{creator},,")
        rows["payees"].append(f"{creator},{creator},Creator {number},paypal,c{number}@example.com,,USD,,")
        for place, day in enumerate(("2026-01-05", "2026-01-06", "2026-02-05")):
            order = f"o{number}-{place}"
            at = f"{day}T{number % 24:02}:00:00Z"
            rows["orders"].append(f"{order},{at},{at},paid,USD,p{order},,,,CODE{number}")
            rows["order_lines"].append(f"{order},1,A,x,1,{300 + number % 977}.50")
    for table, lines in rows.items():
        (folder / f"{table}.csv").write_text("\n".join(lines) + "\n")
    sources = "".join(f'{table} = "{table}.csv"\n' for table in rows)
    (folder / "shop.toml").write_text(
        f'[program]\nname = "Crowd"\ncurrency = "USD"\ntime_zone = "UTC"\n[sources]\n{sources}'
        '[commission]\nhold = "10d"\n[[commission.rates]]\npercent = "10"\n[payout.paypal]\n'
    )


class Browser:
    def __init__(self, address):
        self.address, self.cookie = address, ""

    def ask(self, method, path, body=None):
        connection = http.client.HTTPConnection(self.address, timeout=120)
        headers = {"cookie": self.cookie} if self.cookie else {}
        if body is not None:
            headers |= {"content-type": "application/x-www-form-urlencoded", "origin": f"http://{self.address}"}
        begin = time.monotonic()
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        content = answer.read()
        took = time.monotonic() - begin
        if cookie := answer.getheader("set-cookie"):
            self.cookie = cookie.split(";")[0]
        return answer.status, content, took


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--purser", default="target/release/purser")
    parser.add_argument("--creators", type=int, default=10_000)
    parser.add_argument("--times", type=int, default=7)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write(folder, chosen.creators)
        environment = dict(os.environ, PURSER_KEY="k1:" + "00" * 32)
        places = ["--jobs", str(folder / "shop.toml"), "--database", f"sqlite://{folder}/ledger.db", "--data", str(folder / "data")]
        command = [str(Path(chosen.purser).resolve()), *places]

        def purser(*words, told=""):
            subprocess.run([*command, *words], input=told, env=environment, text=True, check=True, capture_output=True, cwd=folder)

        purser("run", "nightly", "payout", "--as-of", "2026-02-01T09:00:00Z", "--by", "rosa")
        purser("run", "statements", "--as-of", "2026-02-01T10:00:00Z", "--by", "rosa")
        purser("batch", "approve", "shop-0001", "--by", "mia", "--as-of", "2026-02-01T11:00:00Z")
        purser("batch", "settle", "shop-0001", "--by", "tom", "--as-of", "2026-02-02T11:00:00Z")
        purser("run", "nightly", "payout", "--as-of", "2026-03-01T09:00:00Z", "--by", "rosa")
        purser("user", "add", "mia", "--role", "admin", told=PASSWORD + "\n")
        log = folder / "log"
        with log.open("w") as out:
            words = ["serve", "--listen", "127.0.0.1:0", "--pages", "127.0.0.1:0"]
            environment |= {"PURSER_LOG_FORMAT": "text"}
            server = subprocess.Popen([*command, *words], env=environment, cwd=folder, stderr=out, stdout=out)
        try:
            measure(log, chosen, server.pid)
        finally:
            server.terminate()
            server.wait()


def processor(pid):
    """The processor time of a process, in milliseconds."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(") ")[1].split()
    return (int(fields[11]) + int(fields[12])) * 1000 / os.sysconf("SC_CLK_TCK")


def measure(log, chosen, pid):
    found = None
    while found is None:
        time.sleep(0.2)
        found = re.search(r"the pages are at http://([^/]+)/", log.read_text())
    time.sleep(2)
    browser = Browser(found[1])
    form = urllib.parse.urlencode({"name": "mia", "password": PASSWORD, "to": "/"})
    status, _, _ = browser.ask("POST", "/sign-in", form)
    assert status == 303, status
    program = "/programs/shop"
    batch = f"{program}/batches/shop-0002"
    number = chosen.creators // 2
    creator = f"c{number:06}"
    pages = [
        "/",
        f"{program}/batches",
        batch,
        f"{batch}?sort=-change",
        f"{batch}?q=creator+77",
        f"{batch}?page=77",
        f"{batch}/absent",
        f"{batch}/funds",
        f"{batch}/bank",
        f"{batch}/history",
        f"{batch}/line?creator={creator}",
        f"{program}/creators",
        f"{program}/creators?sort=-paid",
        f"{program}/creator?id={creator}",
        f"{program}/creator/transfers?id={creator}",
        f"{program}/statement?id={creator}&month=2026-01",
        f"{program}/order?id=o{number}-0",
        f"{program}/books",
        f"{program}/books?by=effective",
        f"{program}/books/statements",
        f"{program}/books/journal",
        f"{program}/books/entries/1",
        f"{program}/exceptions",
        f"{program}/proposals",
        f"{batch}?as=csv",
        f"{batch}?as=xlsx",
        f"{batch}/bank?as=csv",
        f"{batch}/bank?as=xlsx",
        f"{program}/creators?as=csv",
        f"{program}/creators?as=xlsx",
    ]
    print(f"{'page':56} {'first':>6} {'median':>7} {'longest':>8} {'CPU':>6} {'kB':>6}", flush=True)
    for page in pages:
        times, before = [], processor(pid)
        for _ in range(chosen.times):
            status, content, took = browser.ask("GET", page)
            assert status == 200, (page, status, content[:400])
            times.append(took * 1000)
        used = (processor(pid) - before) / chosen.times
        figures = f"{times[0]:6.0f} {statistics.median(times):7.0f} {max(times):8.0f} {used:6.0f} {len(content) / 1024:6.0f}"
        print(f"{page:56} {figures}", flush=True)


if __name__ == "__main__":
    main()
