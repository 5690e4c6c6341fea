"""Snapshots for tests without a server: the snapshot tests' fixture, with traffic, a report under way, or a larger table.

    d = fixture()
    add_traffic(d, ["SELECT * FROM shop.orders WHERE id = $1"], [20.0])    # calls a second of each text, over two minutes
    add_report(d, 8000)                                                    # ms that it has run for so far
    grow_orders(d, 1e6, 10000)                                             # rows, pages
"""
import json
import os

SECONDS = 120


def fixture():
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "snapshot", "fixture.json"), encoding="utf-8") as f:
        return json.load(f)


def now_of(d):
    return next(row for row in d["provenance"]["rows"] if row[0] == "counters")[1]


def put(part, values):
    """A row of the part with these values, the rest null."""
    part["rows"].append([(dict.fromkeys(part["columns"]) | values)[c] for c in part["columns"]])


def add_traffic(d, texts, rates, mean=0.5, stddev=None):
    """mean, stddev: service time in ms."""
    parts, now = d["provenance"]["rows"], now_of(d)
    parts.insert([r[0] for r in parts].index("counters"), ["statements", now, "x"])
    d["statement"]["rows"] = []
    for i, text in enumerate(texts):
        calls = SECONDS * rates[i]
        put(d["statement"], {"queryid": str(i + 1), "toplevel": True, "calls": calls + 7 * i, "rows": calls, "total_ms": calls * mean, "mean_ms": mean,
                             "stddev_ms": mean / 5 if stddev is None else stddev, "since": now - SECONDS * 1e3, "fingerprint": f"f{i}", "query": text})


def add_report(d, age_ms):
    """A session reads shop.orders."""
    orders = next(r for r in d["relation"]["rows"] if r[d["relation"]["columns"].index("name")] == "orders")
    put(d["session"], {"look": 0, "session": 1, "state": "active", "backend_type": "client backend", "application": "report", "backend_ms": 2 * age_ms,
                       "xact_ms": age_ms, "query_ms": age_ms, "state_ms": age_ms, "this_database": True, "has_xid": False, "has_snapshot": True,
                       "query": "SELECT count(*) FROM shop.orders"})
    put(d["held"], {"look": 0, "session": 1, "relid": orders[0], "schema": "shop", "name": "orders", "relkind": "r", "mode": "AccessShareLock", "granted": True})


def grow_orders(d, rows, pages):
    grow(d, "orders", rows, pages)


def grow(d, name, rows, pages):
    columns = d["relation"]["columns"]
    table = next(r for r in d["relation"]["rows"] if r[columns.index("name")] == name)
    table[columns.index("reltuples")], table[columns.index("relpages")] = rows, pages
    next(r for r in d["size"]["rows"] if r[0] == table[0])[1] = pages * 8192
