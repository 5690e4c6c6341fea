#!/usr/bin/python3
"""What the foreign keys of a changed row cost: with an index that begins with the key they look rows up, without one each reads the table.

  test_foreign_keys.py --bin LOCKCAST
"""
import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from made_snapshot import fixture, grow  # noqa: E402
from pgserver import arguments, check, finish  # noqa: E402
from program import Program  # noqa: E402

p = Program(arguments().bin)
d = fixture()
grow(d, "customers", 1e5, 2000)
grow(d, "orders", 1e6, 20000)
SNAPSHOT = p.file("snapshot.json", json.dumps(d))


def last(*statements):
    """The work of the last of these statements, by what it is."""
    path = p.file("m.sql", ";\n".join(statements) + ";\n")
    r = p.run("review", "--snapshot", SNAPSHOT, "--no-traffic", "--format", "json", "--fail-on", "never", path)
    return {w["what"]: w for w in json.loads(r.out)["migrations"][0]["statements"][-1]["work"]}


DELETE = "DELETE FROM shop.customers"
CASCADE = "delete the rows that refer to them in orders, row by row"
INDEX = "CREATE INDEX looked_up ON shop.orders "
SET_NULL = ("ALTER TABLE shop.orders DROP CONSTRAINT orders_customer", "ALTER TABLE shop.orders ADD CONSTRAINT to_null FOREIGN KEY (customer_id) "
            "REFERENCES shop.customers ON DELETE SET NULL NOT VALID")


def key_ms(*before, of=CASCADE):
    work = last(*before, DELETE)
    check(of in work, f"{before}: {list(work)}")
    return work[of]["p50_ms"]


without = key_ms()
for index, looks_up in (("(customer_id)", True), ("(customer_id, amount)", True), ("(amount, customer_id)", False), ("(customer_id) WHERE amount > 0", False),
                        ("((customer_id + 1))", False)):
    took = key_ms(INDEX + index)
    check((took < without / 100) == looks_up, f"{index}: {took} ms, without one {without} ms")

nulled = "update the rows that refer to them in orders, row by row"
indexed = key_ms(*SET_NULL, INDEX + "(customer_id)", of=nulled)
further = key_ms(*SET_NULL, INDEX + "(customer_id)", "CREATE INDEX further ON shop.orders (amount)", of=nulled)
check(further > 1.02 * indexed, f"each further index gets an entry of each new row version: {further} ms, without {indexed} ms")

finish()
