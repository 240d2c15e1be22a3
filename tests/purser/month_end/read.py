"""Reads a month's journal as an accounting program would, and prints what it says.

    read.py quickbooks|xero|datev FILE

A line for each account of an entry, in order: number, day, account, what it is debited in minor units (credited: below zero). Whatever an
importer would refuse ends it with a message. Its readers are Python's own.
"""

import csv
import io
import re
import sys
from collections import defaultdict
from datetime import date, datetime
from decimal import Decimal

QUICKBOOKS = "*JournalNo,*JournalDate,*AccountName,*Debits,*Credits,Description,Name,Currency,Location,Class".split(",")
XERO = "*Narration,*Date,Description,*AccountCode,*TaxRate,*Amount,TrackingName1,TrackingOption1,TrackingName2,TrackingOption2".split(",")
# What DATEV's description of the posting batch allows in the columns that are filled, from 1.
DATEV = {
    1: r"\d{1,10},\d{2}",
    2: r"[SH]",
    3: r"[A-Z]{3}",
    7: r"\d{1,9}",
    8: r"\d{1,9}",
    9: r"",
    10: r"\d{4}",
    11: r"[\w$%\-/]{1,36}",
    14: r".{1,60}",
}
# Columns that are texts: in quotes even where they are empty; all others are without.
DATEV_TEXTS = {2, 3, 6, 9, 11, 12, 14, 16, 20, 37, 38, 40, 42, 91, 95, 96, 98, 102, 103, 105, 107, 109, 110, 112, 118, 120, 121, 123}
DATEV_TEXTS |= set(range(21, 37)) | set(range(48, 88))


def need(condition, message):
    if not condition:
        sys.exit(message)


def minor(text):
    need(re.fullmatch(r"-?\d+(\.\d{1,3})?", text), f"{text!r} is no amount")
    amount = Decimal(text)
    return int(amount.scaleb(-amount.as_tuple().exponent))


def quickbooks(raw):
    rows = list(csv.reader(io.StringIO(raw.decode("utf-8"), newline="")))
    need(rows[0] == QUICKBOOKS, f"the header is {rows[0]}")
    for number, day, account, debit, credit, _, name, currency, place, kind in rows[1:]:
        need(0 < len(number) <= 21, f"{number} is too long for a journal number")
        need((debit == "") != (credit == ""), f"{number}: a row has a debit or a credit")
        need(account and re.fullmatch("[A-Z]{3}", currency) and name == place == kind == "", f"{number}: {account}")
        amount = minor(debit) if debit else -minor(credit)
        need(amount > 0 if debit else amount < 0, f"{number}: amounts are above zero")
        yield number, datetime.strptime(day, "%m/%d/%Y").date(), account, amount


def xero(raw):
    rows = list(csv.reader(io.StringIO(raw.decode("utf-8"), newline="")))
    need(rows[0] == XERO, f"the header is {rows[0]}")
    need(len(rows) <= 301, "Xero takes 300 rows")
    for narration, day, _, account, rate, amount, *tracking in rows[1:]:
        need(rate and account and tracking == [""] * 4, f"{narration}: {account}, {rate}")
        yield narration.split(" ")[0], datetime.strptime(day, "%d/%m/%Y").date(), account, minor(amount)


def datev(raw):
    text = raw.decode("cp1252")
    need(text.endswith("\r\n") and text.count("\n") == text.count("\r\n"), "lines end in CR LF")
    lines = text.split("\r\n")[:-1]
    rows = list(csv.reader(lines, delimiter=";"))
    header = rows[0]
    need(len(header) == 31 and lines[0].startswith('"EXTF";700;21;"Buchungsstapel";13;'), f"the header is {lines[0]}")
    need(re.fullmatch(r"20\d{15}", header[5]), f"it was made at {header[5]}")
    need(1001 <= int(header[10]) <= 9999999 and 1 <= int(header[11]) <= 99999, "whose books")
    day = lambda text: datetime.strptime(text, "%Y%m%d").date()
    year, begin, end = day(header[12]), day(header[14]), day(header[15])
    need(year <= begin <= end and (begin - year).days < 366 and year.day == 1, f"the fiscal year began on {year}")
    need(4 <= int(header[13]) <= 8 and header[18] == "1" and header[20] == "0" and len(header[16]) <= 30, "what the header says")
    need(len(rows[1]) == 125 and rows[1][0] == "Umsatz (ohne Soll/Haben-Kz)" and rows[1][124] == "Abw. Skontokonto", "the columns")
    need(rows[1][113] == "Festschreibung" and rows[1][8] == "BU-Schlüssel" and len(set(rows[1])) == 125, "the columns' names")
    for line, row in zip(lines[2:], rows[2:]):
        need(len(row) == 125, f"{len(row)} columns")
        for column, cell in enumerate(row, 1):
            need(re.fullmatch(DATEV.get(column, ""), cell), f"column {column} is {cell!r}")
        written = line.split(";")
        need(len(written) == 125, "a text holds a semicolon")
        need(all((cell[:1] == '"') == (at in DATEV_TEXTS) for at, cell in enumerate(written, 1)), "texts are in quotes, and only they")
        amount = minor(row[0].replace(",", "."))
        need(amount > 0 and row[1] == "S" and row[6] != row[7], line)
        need(all(len(account) <= int(header[13]) + 1 for account in (row[6], row[7])), "longer than accounts are")
        own = date(begin.year, int(row[9][2:]), int(row[9][:2]))
        need(begin <= own <= end, f"{own} is not within the batch")
        yield row[10], own, row[6], amount
        yield row[10], own, row[7], -amount


def main(form, path):
    raw = open(path, "rb").read()
    entries = defaultdict(lambda: defaultdict(int))
    for number, day, account, amount in {"quickbooks": quickbooks, "xero": xero, "datev": datev}[form](raw):
        entries[number, day][account] += amount
    numbers = [number for number, _ in entries]
    need(len(numbers) == len(set(numbers)), "a number has two days")
    for (number, day), accounts in entries.items():
        need(sum(accounts.values()) == 0, f"{number} does not balance: {dict(accounts)}")
        for account, amount in sorted(accounts.items()):
            if amount:
                print(number, day, account, amount, sep="|")


main(*sys.argv[1:])
