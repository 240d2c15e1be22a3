"""An invented shop of any size, before and after a day, in several layouts of its files, with a program file for each night.

usage: shop.py FOLDER LAYOUT ORDERS CLICKS CREATORS DAYS

The layouts are `whole` (a Parquet file a table, rewritten on the next day), `daily` (a Parquet file a day, of which the next
day brings one more), `monthly` (the same for months), and `text` (a CSV file a table, to which the next day appends).
"""

import shutil
import sys
from pathlib import Path

import duckdb

from nights import NIGHTS

DAY = 86_400

# Tables that grow; the others are small, and stay.
DATED = ("orders", "order_lines", "refunds", "clicks")
TABLES = (*DATED, "creators", "links", "codes")

PARQUET = "format parquet, compression zstd"

PROGRAM = """\
[program]
name = "Bench shop"
currency = "EUR"
time_zone = "Europe/Berlin"

[sources]
{sources}

[attribution]
window = "30d"
model = "last_click"
precedence = ["link", "code"]

[commission]
rounding = "half_even"
hold = "21d"

[[commission.rates]]
period = "month"
mode = "marginal"
tiers = [{ from = "0", percent = "8" }, { from = "1500", percent = "9.5" }, { from = "6000", percent = "12" }]

[[commission.rates]]
group = "studio"
percent = "14"

[[commission.rates]]
category = "outlet"
percent = "3.5"
"""

# `pick(n, i, salt)` is a number below n that looks random and is the same every time.
MACROS = """
create macro pick(n, i, salt) as (hash(i::varchar || salt) % n::ubigint)::bigint;
create macro instant(seconds) as strftime(make_timestamp(seconds * 1000000), '%Y-%m-%dT%H:%M:%SZ');
create macro euros(cents) as (cents // 100)::varchar || '.' || lpad((cents % 100)::varchar, 2, '0');
"""


def files(layout: str, table: str) -> str:
    """Where the files of a table are, below the folder of a night, as a pattern."""
    if layout == "text":
        return f"{table}.csv"
    return f"{table}/*/*.parquet" if layout in PARTS and table in DATED else f"{table}.parquet"


# In what parts a layout has its dated tables, by the second in which something happened.
PARTS = {"daily": f"since // {DAY}", "monthly": "strftime(make_timestamp(since * 1000000), '%Y-%m')"}


def write(folder: Path, layout: str, orders: int, clicks: int, creators: int, days: int) -> None:
    """Writes the shop of the first night under `folder/first` and that of the next under `folder/next`."""
    base = duckdb.connect()
    base.execute("set timezone = 'UTC'")
    base.execute("set threads = 2")
    base.execute(MACROS)
    end = base.execute(f"select epoch(timestamptz '{NIGHTS['first']}')::bigint").fetchone()[0]
    shutil.rmtree(folder, ignore_errors=True)
    for night in NIGHTS:
        (folder / night).mkdir(parents=True)
        sources = "\n".join(f'{table} = "{files(layout, table)}"' for table in TABLES)
        (folder / night / "shop.toml").write_text(PROGRAM.replace("{sources}", sources))
    for table, query in tables(orders, clicks, creators, end - days * DAY, end, days):
        write_table(base, folder, layout, table, query, end)


def write_table(base: duckdb.DuckDBPyConnection, folder: Path, layout: str, table: str, query: str, end: int) -> None:
    """Writes a table as it is on either night; what is the same on both is one file with two names."""
    first, following = folder / "first", folder / "next"
    name = files(layout, table)
    known, added = f"from ({query}) where since < {end}", f"from ({query}) where since >= {end}"
    if layout == "text":
        base.execute(f"copy (select * exclude (since) {known}) to '{first / name}' (header)")
        shutil.copyfile(first / name, following / name)
        base.execute(f"copy (select * exclude (since) {added}) to '{following / 'added'}' (header false)")
        with (following / name).open("ab") as whole:
            whole.write((following / "added").read_bytes())
        (following / "added").unlink()
    elif layout in PARTS and table in DATED:
        part = f"select * exclude (since), {PARTS[layout]} as part"
        base.execute(f"copy ({part} {known}) to '{first / table}' ({PARQUET}, partition_by (part))")
        shutil.copytree(first / table, following / table)
        (following / table / "added").mkdir()
        base.execute(f"copy (select * exclude (since) {added}) to '{following / table / 'added' / 'added.parquet'}' ({PARQUET})")
    else:
        base.execute(f"copy (select * exclude (since) {known}) to '{first / name}' ({PARQUET})")
        base.execute(f"copy (select * exclude (since) from ({query})) to '{following / name}' ({PARQUET})")


def tables(orders: int, clicks: int, creators: int, start: int, end: int, days: int):
    """Table names with the queries that make them: the columns of the table, and `since`, the second since which the row is there. The
    day after `end` brings as much as each of the `days` before it."""

    def rows(count: int) -> str:
        """Row numbers `i` with the second `moment` in which they happen."""
        return (
            f"select i, if(i < {count}, {start} + pick({end - start}, i, 'at'), "
            f"{end} + pick({DAY}, i, 'at')) as moment from range({count + count // days}) as t(i)"
        )

    visitors = max(clicks * 3 // 10, 1)
    order_id = "'A' || lpad(i::varchar, 9, '0')"
    lines = f"""
        with o as ({rows(orders)})
        select {order_id} as order_id, n as line, i, moment, 500 + pick(20000, i * 4 + n, 'cents') as cents
        from o, range(1, 4) as l(n) where n = 1 or pick(100, i * 4 + n, 'more') < 12"""
    yield (
        "orders",
        f"""with o as ({rows(orders)})
        select {order_id} as order_id, instant(moment) as ordered_at,
          if(pick(100, i, 'edit') < 5 and i < {orders}, instant(least(moment + 7200, {end} - 1)), instant(moment)) as updated_at,
          case when pick(100, i, 'status') < 3 then 'cancelled' when pick(100, i, 'status') < 4 then 'pending' else 'paid' end as status,
          'EUR' as currency, 'k' || pick({orders}, i, 'customer') as customer_id,
          'k' || pick({orders}, i, 'customer') || '@buyers.example' as customer_email,
          if(pick(100, i, 'known') < 70, 'w' || pick({visitors}, i, 'who'), '') as visitor_id, '' as click_id,
          if(pick(100, i, 'coded') < 25, 'SAVE' || pick({creators}, i, 'code'), '') as codes, moment as since
        from o""",
    )
    yield (
        "order_lines",
        f"""select order_id, line::varchar as line_id, 'S' || pick(400, i * 4 + line, 'sku') as sku,
          case when pick(100, i * 4 + line, 'category') < 20 then 'outlet' else 'care' end as category,
          '1' as quantity, euros(cents) as net_amount, moment as since from ({lines})""",
    )
    # Some refunds of the first 90 days' orders arrive only on the next day.
    yield (
        "refunds",
        f"""select 'R' || i || '-' || line as refund_id, order_id, line::varchar as line_id, instant(back) as refunded_at,
          euros(1 + pick(cents, i * 4 + line, 'back')) as amount, back as since
        from (select *, if(pick(100, i, 'late') < 20, {end} + pick({DAY}, i, 'late at'),
                least(moment + 3600 + pick(20 * {DAY}, i, 'back at'), {end} - 1)) as back from ({lines}))
        where pick(100, i * 4 + line, 'refund') < 5 and moment < {end} - {DAY}""",
    )
    yield (
        "clicks",
        f"""with c as ({rows(clicks)})
        select 'L' || lpad(i::varchar, 11, '0') as click_id, instant(moment) as clicked_at,
          'w' || pick({visitors}, i, 'who') as visitor_id, 'go-' || pick({creators * 2}, i, 'link') as link_key,
          ['bio', 'reel', 'mail'][1 + pick(3, i, 'sub')] as sub_id, moment as since
        from c""",
    )
    creator = "'m' || i as creator_id"
    always = "'' as active_from, '' as active_to, 0 as since"
    yield (
        "creators",
        f"""select {creator}, 'Maker ' || i as name, 'm' || i || '@makers.example' as email,
          if(pick(100, i, 'group') < 8, 'studio', '') as "group", {always} from range({creators}) as t(i)""",
    )
    yield (
        "links",
        f"select 'go-' || n as link_key, 'm' || n % {creators} as creator_id, {always} from range({creators * 2}) as t(n)",
    )
    yield "codes", f"select 'save' || i as code, {creator}, {always} from range({creators}) as t(i)"


if __name__ == "__main__":
    write(Path(sys.argv[1]), sys.argv[2], *map(int, sys.argv[3:]))
