"""An invented shop of any size, and the same shop a day later, as Parquet files and a program file.

usage: shop.py FOLDER ORDERS CLICKS CREATORS
"""

import sys
from pathlib import Path

import duckdb

from nights import NIGHTS

HISTORY_DAYS = 90
DAY = 86_400

PROGRAM = """\
[program]
name = "Bench shop"
currency = "EUR"
time_zone = "Europe/Berlin"

[sources]
orders = "orders.parquet"
order_lines = "order_lines.parquet"
refunds = "refunds.parquet"
clicks = "clicks.parquet"
creators = "creators.parquet"
links = "links.parquet"
codes = "codes.parquet"

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


def write(folder: Path, orders: int, clicks: int, creators: int) -> None:
    """Writes the shop of the first night under `folder/first` and that of the next under `folder/next`."""
    base = duckdb.connect()
    base.execute("set timezone = 'UTC'")
    base.execute(MACROS)
    end = base.execute(f"select epoch(timestamptz '{NIGHTS['first']}')::bigint").fetchone()[0]
    start = end - HISTORY_DAYS * DAY
    for days, name in enumerate(NIGHTS):
        shop = folder / name
        shop.mkdir(parents=True, exist_ok=True)
        (shop / "shop.toml").write_text(PROGRAM)
        for table, query in tables(orders, clicks, creators, start, end, days):
            base.execute(f"copy ({query}) to '{shop / table}.parquet' (format parquet, compression zstd)")


def tables(orders: int, clicks: int, creators: int, start: int, end: int, days: int):
    """Table names with the queries that make them; each further day brings one hundredth more."""

    def rows(count: int) -> str:
        """Row numbers `i` with the second `moment` in which they happen."""
        return (
            f"select i, if(i < {count}, {start} + pick({end - start}, i, 'at'), "
            f"{end} + pick({DAY}, i, 'at')) as moment from range({count + days * count // 100}) as t(i)"
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
          if(pick(100, i, 'coded') < 25, 'SAVE' || pick({creators}, i, 'code'), '') as codes
        from o""",
    )
    yield (
        "order_lines",
        f"""select order_id, line::varchar as line_id, 'S' || pick(400, i * 4 + line, 'sku') as sku,
          case when pick(100, i * 4 + line, 'category') < 20 then 'outlet' else 'care' end as category,
          '1' as quantity, euros(cents) as net_amount from ({lines})""",
    )
    # Some refunds of the first 90 days' orders arrive only on the next day.
    yield (
        "refunds",
        f"""select 'R' || i || '-' || line as refund_id, order_id, line::varchar as line_id, instant(back) as refunded_at,
          euros(1 + pick(cents, i * 4 + line, 'back')) as amount
        from (select *, if(pick(100, i, 'late') < 20, {end} + pick({DAY}, i, 'late at'),
                least(moment + 3600 + pick(20 * {DAY}, i, 'back at'), {end} - 1)) as back from ({lines}))
        where pick(100, i * 4 + line, 'refund') < 5 and moment < {end} - {DAY} and back < {end} + {days * DAY}""",
    )
    yield (
        "clicks",
        f"""with c as ({rows(clicks)})
        select 'L' || lpad(i::varchar, 11, '0') as click_id, instant(moment) as clicked_at,
          'w' || pick({visitors}, i, 'who') as visitor_id, 'go-' || pick({creators * 2}, i, 'link') as link_key,
          ['bio', 'reel', 'mail'][1 + pick(3, i, 'sub')] as sub_id
        from c""",
    )
    creator = "'m' || i as creator_id"
    always = "'' as active_from, '' as active_to"
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
    write(Path(sys.argv[1]), *map(int, sys.argv[2:]))
