"""The commissions of the bench shop as an analyst would compute them: one DuckDB script over the same files.

usage: peer.py SHOP_FOLDER LAYOUT AS_OF OUT.csv

It knows this one program's rules and these files' habits (no repeats, no bad rows, one currency), keeps no ledger, and
starts anew every time. What it shares with purser is the answer.
"""

import sys

import duckdb

from shop import TABLES, files

COMMISSIONS = """
create temp table sale as
  select order_id, ordered_at::timestamp as moment, visitor_id, codes,
    date_trunc('month', timezone('Europe/Berlin', ordered_at::timestamptz)) as month
  from {orders}
  where status = 'paid' and ordered_at::timestamp < '{as_of}'::timestamp and updated_at::timestamp < '{as_of}'::timestamp;

create temp table visit as
  select visitor_id, clicked_at::timestamp as moment, max(struct_pack(click_id, creator_id)) as click
  from {clicks} join {links} using (link_key)
  where visitor_id in (select visitor_id from sale) and clicked_at::timestamp < '{as_of}'::timestamp
  group by all;

create temp table credit as
  with by_link as (
    select order_id, 'link' as kind, click.creator_id as creator_id, click.click_id as touch
    from sale asof join visit on sale.visitor_id = visit.visitor_id and sale.moment >= visit.moment
    where sale.moment - visit.moment <= interval 30 days)
  from by_link
  union all
  select order_id, 'code', creator_id, codes
  from sale join {codes} on lower(codes) = code
  where order_id not in (select order_id from by_link);

create temp table earning as
  with back as (
    select order_id, line_id, sum(replace(amount, '.', '')::bigint) as cents from {refunds}
    where refunded_at::timestamp < '{as_of}'::timestamp group by all),
  base as (
    select kind, order_id, line_id, creator_id, touch, moment, month, category, "group",
      greatest(replace(net_amount, '.', '')::bigint - coalesce(back.cents, 0), 0)::bigint as base
    from credit join sale using (order_id) join {order_lines} using (order_id)
      left join back using (order_id, line_id) join {creators} using (creator_id)),
  progress as (
    select *, sum(base) over (partition by creator_id, month order by moment, order_id, line_id
      rows unbounded preceding)::bigint as high from base),
  thousandths as (
    select *, case
      when "group" = 'studio' then base * 140
      when category = 'outlet' then base * 35
      else (least(high, 150000) - least(high - base, 150000)) * 80
        + (least(greatest(high, 150000), 600000) - least(greatest(high - base, 150000), 600000)) * 95
        + (greatest(high, 600000) - greatest(high - base, 600000)) * 120
      end as due from progress)
  select kind, order_id, line_id, creator_id, touch, base,
    due // 1000 + if(due % 1000 > 500 or (due % 1000 = 500 and due // 1000 % 2 = 1), 1, 0) as commission,
    if(moment + interval 21 days <= '{as_of}'::timestamp, 'payable', 'pending') as state
  from thousandths;

copy (from earning order by kind, order_id, line_id) to '{out}' (header);
"""



def read(shop: str, layout: str, table: str) -> str:
    """How a table is read."""
    reader = "read_csv({}, header = true, all_varchar = true)" if layout == "text" else "read_parquet({})"
    return reader.format(f"'{shop}/{files(layout, table)}'")


if __name__ == "__main__":
    shop, layout, as_of, out = sys.argv[1:]
    database = duckdb.connect()
    database.execute("set timezone = 'UTC'")
    database.execute(COMMISSIONS.format(as_of=as_of.removesuffix("Z"), out=out, **{table: read(shop, layout, table) for table in TABLES}))
