#!/usr/bin/python3
"""A second run of a rewritten file knows by what is there that the first has run to its end: never by a name that was there before it.

  test_facts.py --bin LOCKCAST
"""
import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from pgserver import arguments, check, finish  # noqa: E402
from program import Program  # noqa: E402

p = Program(arguments().bin)
SNAPSHOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "snapshot", "fixture.json")


def facts(text):
    """The conditions of the file's first question."""
    out = os.path.join(p.folder, "out")
    r = p.run("rewrite", "--snapshot", SNAPSHOT, "--target-hold", "0.01", "-o", out, p.file("m.sql", text))
    check(r.status == 0, r.err)
    with open(os.path.join(out, "m.sql"), encoding="utf-8") as f:
        return re.findall(r"^ +((?:NOT )?EXISTS \(SELECT FROM pg_catalog\.pg_(?:constraint|attribute|inherits).*|pg_catalog\.to_regclass\(.*)", f.read(), re.M)


def about(found, word):
    return [f for f in found if f"'{word}'" in f]


# the table has a constraint amount_positive, and gets another of that name
got = facts("ALTER TABLE shop.orders DROP CONSTRAINT amount_positive;\n"
            "ALTER TABLE shop.orders ADD CONSTRAINT amount_positive CHECK (amount > 1), ADD CONSTRAINT fresh CHECK (amount > 2);\n")
check(len(about(got, "fresh")) == 1, f"a new name is a fact: {got}")
check(not about(got, "amount_positive"), f"a name that was there is none: {got}")

# the name of another table's constraint is new on this one
got = facts("ALTER TABLE shop.customers ADD CONSTRAINT amount_positive CHECK (id > 1);\nALTER TABLE shop.orders ADD COLUMN z uuid DEFAULT gen_random_uuid();\n")
check(len(about(got, "amount_positive")) == 1, f"another table's name says nothing of this one: {got}")
finish()
