"""A shop with many orders that answers what purser asks of Shopify's Admin API, from figures rather than from a database.

An order is its number: everything about it follows from that, so that a million of them cost no memory. The last ones can be held back, to
come as the orders of another day.
"""

import datetime
import json
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

FIRST_ID = 4_000_000_000_000
PAGE_INFO = {"hasNextPage": False, "endCursor": None}
SCOPES = ["read_orders", "read_all_orders", "read_customers", "read_shopify_payments_disputes"]


def money(cents):
    return {"amount": f"{cents // 100}.{cents % 100:02}", "currencyCode": "USD"}


class Shop:
    def __init__(self, orders, creators, days):
        self.shown, self.creators = orders, creators
        self.step = days * 86_400 // (orders + 1)
        now = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0)
        # All of them are older than what purser asks for again each time.
        self.start = int(now.timestamp()) - self.step * (orders + 1) - 3_600
        self.grown = []
        self.search = ""
        self.asked = []

    def grow(self, orders):
        """So many orders that were placed just now."""
        self.grown = [int(datetime.datetime.now(datetime.timezone.utc).timestamp()) - 1] * orders

    def count(self):
        return self.shown + len(self.grown)

    def seconds(self, number):
        return self.start + number * self.step if number < self.shown else self.grown[number - self.shown]

    def time(self, number):
        at = datetime.datetime.fromtimestamp(self.seconds(number), datetime.timezone.utc)
        return at.strftime("%Y-%m-%dT%H:%M:%SZ")

    def numbers(self, search):
        """The orders that a search finds. All of an order's times are the same, so that they are a range."""
        first, last = 0, self.count()
        for comparison, text in re.findall(r"_at:(>=|<)'([^']+)'", search):
            at = datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()
            place = next((n for n in range(max(0, self.place(at)), self.count()) if self.seconds(n) >= at), self.count())
            first, last = (max(first, place), last) if comparison == ">=" else (first, min(last, place))
        return range(first, max(first, last))

    def place(self, at):
        """A number that is not after the first order of a time."""
        return min(int(at - self.start) // self.step - 1, self.shown)

    def order(self, number):
        """An order without what hangs from it, and its line and visit."""
        at, cents = self.time(number), 1_000 + number * 7_919 % 20_000
        creator = number * 31 % self.creators
        visit = {
            "id": f"gid://shopify/CustomerVisit/{number}",
            "occurredAt": at,
            "landingPage": f"https://shop.example/?ref=l{creator}&utm_source=story",
            "source": "Instagram",
            "utmParameters": None,
        }
        by_link = number % 2 == 0
        journey = {"firstVisit": visit, "lastVisit": visit} if by_link else None
        order = {
            "id": f"gid://shopify/Order/{FIRST_ID + number}",
            "name": f"#{number}",
            "updatedAt": at,
            "processedAt": at,
            "cancelledAt": None,
            "test": False,
            "edited": False,
            "taxesIncluded": False,
            "currencyCode": "USD",
            "displayFinancialStatus": "PAID",
            "email": f"c{number % 700_001}@example.com",
            "customer": {"id": f"gid://shopify/Customer/{number % 700_001}"},
            "shippingAddress": {"countryCodeV2": "US"},
            "billingAddress": {"countryCodeV2": "US"},
            "discountCodes": [] if by_link else [f"CODE{creator}"],
            "customAttributes": [],
            "subtotalPriceSet": {"shopMoney": money(cents)},
            "totalPriceSet": {"shopMoney": money(cents), "presentmentMoney": money(cents)},
            "customerJourneySummary": journey,
            "refunds": [],
            "disputes": [],
        }
        line = {
            "id": f"gid://shopify/LineItem/{FIRST_ID + number}",
            "sku": f"SKU{number % 50}",
            "name": "Something",
            "quantity": 1,
            "currentQuantity": 1,
            "isGiftCard": False,
            "originalTotalSet": {"shopMoney": money(cents)},
            "discountAllocations": [],
            "taxLines": [],
        }
        return order, line, [visit] if by_link else []

    def whole(self, number):
        order, line, visits = self.order(number)
        order["lineItems"] = {"pageInfo": PAGE_INFO, "nodes": [line]}
        if visits:
            order["customerJourneySummary"]["moments"] = {"nodes": visits}
        return order

    def lines(self, search):
        """What a bulk operation gives: each order, and after it what hangs from it."""
        for number in self.numbers(search):
            order, line, visits = self.order(number)
            things = [order] + [{**child, "__parentId": order["id"]} for child in [line, *visits]]
            yield "".join(json.dumps(thing, separators=(",", ":")) + "\n" for thing in things)

    def things(self, search):
        numbers = self.numbers(search)
        return 2 * len(numbers) + sum(1 for number in numbers if number % 2 == 0)

    def listed(self, variables, is_newest_first, one):
        numbers = self.numbers(variables["query"])
        numbers = numbers[::-1] if is_newest_first else numbers
        begin = int(variables["after"] or 0)
        end = min(begin + variables["first"], len(numbers))
        info = {"hasNextPage": end < len(numbers), "endCursor": str(end)}
        return {"orders": {"pageInfo": info, "nodes": [one(number) for number in numbers[begin:end]]}}

    def answer(self, operation, variables, address):
        self.asked.append(operation)
        if operation == "Access":
            scopes = [{"handle": scope} for scope in SCOPES]
            return {"shop": {"name": "Crowd", "currencyCode": "USD"}, "currentAppInstallation": {"accessScopes": scopes}}
        if operation == "Disputes":
            return {"disputes": {"pageInfo": PAGE_INFO, "nodes": []}}
        if operation == "Count":
            return {"ordersCount": {"count": len(self.numbers(variables["query"])), "precision": "EXACT"}}
        if operation == "Orders":
            return self.listed(variables, False, self.whole)
        if operation == "Listed":
            return self.listed(variables, True, lambda number: {k: self.order(number)[0][k] for k in ("id", "name", "updatedAt")})
        if operation == "BulkBegin":
            self.search = re.search(r'query: "([^"]*)"', variables["query"])[1]
            return {"bulkOperationRunQuery": {"bulkOperation": {"id": "gid://shopify/BulkOperation/1"}, "userErrors": []}}
        if operation == "Bulk":
            there = str(self.things(self.search))
            url = f"http://{address}/bulk.jsonl"
            return {"bulkOperation": {"status": "COMPLETED", "errorCode": None, "objectCount": there, "url": url}}
        raise ValueError(f"{operation} is not answered here")


def serve(shop):
    """Answers on an address of its own; gives the address."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_):
            pass

        def do_POST(self):
            asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
            data = shop.answer(asked["operationName"], asked["variables"], self.headers["host"])
            body = json.dumps({"data": data}).encode()
            self.send_response(200)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_GET(self):
            self.send_response(200)
            self.send_header("connection", "close")
            self.end_headers()
            parts, size = [], 0
            for line in shop.lines(shop.search):
                parts.append(line)
                size += len(line)
                if size > 1 << 20:
                    self.wfile.write("".join(parts).encode())
                    parts, size = [], 0
            self.wfile.write("".join(parts).encode())
            self.close_connection = True

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"127.0.0.1:{server.server_address[1]}"
