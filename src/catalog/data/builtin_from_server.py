#!/usr/bin/python3
"""Write the tables of built-in objects (src/catalog/data/*.tsv) from real servers of versions 13 to 18.

  builtin_from_server.py [OUTDIR]          starts its own servers (tests/support/pgserver.py)

Each line begins with the first and the last major version that has exactly this row. Objects of the extensions come from the
newest server that offers the extension. Run it again for a new major version; the output is sorted, so a diff shows what changed.
"""
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "..", "..", "tests", "support"))
from pgserver import Server, available  # noqa: E402

VERSIONS = [13, 14, 15, 16, 17, 18]

# Which schema an object must be in to be built in.
SYSTEM = "n.nspname IN ('pg_catalog', 'information_schema')"

PROC = """SELECT p.oid, p.proname, n.nspname, p.prokind, p.provolatile, p.proisstrict, p.proretset, p.prosecdef, p.proleakproof,
    p.provariadic <> 0, p.prorettype, p.proargtypes::text, p.pronargdefaults, l.lanname,
    coalesce((SELECT string_agg(t::text, ' ' ORDER BY i) FROM unnest(p.proallargtypes) WITH ORDINALITY u(t, i)), ''),
    coalesce((SELECT string_agg(t::text, '' ORDER BY i) FROM unnest(p.proargmodes) WITH ORDINALITY u(t, i)), ''),
    coalesce((SELECT string_agg(t, ' ' ORDER BY i) FROM unnest(p.proargnames) WITH ORDINALITY u(t, i)), ''),
    coalesce(array_to_string(p.proconfig, ','), ''),
    CASE WHEN l.lanname = 'sql' THEN {body} ELSE '' END
  FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace JOIN pg_language l ON l.oid = p.prolang"""
BODY = {13: "p.prosrc"}
NEW_BODY = "coalesce(pg_get_function_sqlbody(p.oid), p.prosrc)"

TYPE = """SELECT t.oid, t.typname, n.nspname, t.typtype, t.typcategory, t.typispreferred, t.typnotnull, t.typbyval, t.typlen, t.typalign,
    t.typstorage, t.typbasetype, t.typtypmod, t.typelem, t.typarray, t.typcollation,
    coalesce((SELECT rngsubtype FROM pg_range r WHERE r.rngtypid = t.oid), 0),
    coalesce({multi}, 0), (SELECT provolatile FROM pg_proc p WHERE p.oid = t.typinput), (SELECT provolatile FROM pg_proc p WHERE p.oid = t.typoutput)
  FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace"""
MULTI = "(SELECT rngmultitypid FROM pg_range r WHERE r.rngtypid = t.oid)"

OPERATOR = """SELECT o.oid, o.oprname, o.oprleft, o.oprright, o.oprresult, o.oprcode::oid, o.oprcom, o.oprnegate
  FROM pg_operator o JOIN pg_namespace n ON n.oid = o.oprnamespace"""
OPCLASS = """SELECT c.oid, c.opcname, m.amname, c.opcfamily, c.opcintype, c.opckeytype, c.opcdefault
  FROM pg_opclass c JOIN pg_am m ON m.oid = c.opcmethod JOIN pg_namespace n ON n.oid = c.opcnamespace"""
CAST = "SELECT c.castsource, c.casttarget, c.castfunc, c.castcontext, c.castmethod FROM pg_cast c"
AMOP = """SELECT a.amopfamily, m.amname, a.amopstrategy, a.amoplefttype, a.amoprighttype, a.amopopr
  FROM pg_amop a JOIN pg_am m ON m.oid = a.amopmethod WHERE m.amname IN ('btree', 'hash')"""
# A system view's oid depends on the build: 0, given when loaded.
CLASS = """SELECT CASE WHEN c.oid < 10000 THEN c.oid ELSE 0 END, c.relname, n.nspname, c.relkind,
    (SELECT string_agg(a.attname || ':' || a.atttypid || CASE WHEN a.attnotnull THEN '!' ELSE '' END, ' ' ORDER BY a.attnum)
       FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0)
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'v')"""
COLLATION = """SELECT CASE WHEN c.oid < 10000 THEN c.oid ELSE 0 END, c.collname
  FROM pg_collation c JOIN pg_namespace n ON n.oid = c.collnamespace
  WHERE c.oid < 10000 OR c.collname IN ('C.utf8', 'en_US.utf8', 'en_US') OR (c.collname LIKE '%-x-icu' AND length(c.collname) < 12)"""


def text(v):
    if v is None:
        return ""
    if isinstance(v, bool):
        return "t" if v else "f"
    return str(v).replace("\\", "\\\\").replace("\t", "\\t").replace("\r", "").replace("\n", "\\n")


class Table:
    """Rows of one file: which versions have which row."""

    def __init__(self, name, columns, key):
        self.name, self.columns, self.key, self.rows = name, columns, key, {}

    def add(self, major, rows):
        for r in rows:
            self.rows.setdefault(tuple(text(v) for v in r), set()).add(major)

    def write(self, outdir):
        lines = []
        for row, majors in self.rows.items():
            first = min(majors)
            while first <= max(majors):
                last = first
                while last + 1 in majors:
                    last += 1
                lines.append((row, str(first), "99" if last == VERSIONS[-1] else str(last)))
                rest = [m for m in majors if m > last]
                first = min(rest) if rest else 100
        lines.sort(key=lambda e: (self.key(e[0]), int(e[1])))
        with open(os.path.join(outdir, self.name + ".tsv"), "w") as f:
            f.write("#min\tmax\t" + "\t".join(self.columns) + "\n")
            for row, first, last in lines:
                f.write("\t".join((first, last) + row) + "\n")


def by_name(r):
    return (r[1], int(r[0]), r)


def number_key(r):
    return tuple(int(v) if v.isdigit() else 0 for v in r)


TABLES = {
    "pg_type": Table("pg_type", "oid name schema typtype category preferred notnull byval len align storage basetype typmod elem array "
                     "collation rngsubtype multirange inputvolatile outputvolatile".split(), by_name),
    "pg_proc": Table("pg_proc", "oid name schema kind volatility strict retset secdef leakproof variadic rettype argtypes ndefaults "
                     "language allargtypes argmodes argnames config source".split(), by_name),
    "pg_operator": Table("pg_operator", "oid name left right result proc commutator negator".split(), by_name),
    "pg_opclass": Table("pg_opclass", "oid name am family intype keytype default".split(), by_name),
    "pg_cast": Table("pg_cast", "source target func context method".split(), number_key),
    "pg_amop": Table("pg_amop", "family am strategy lefttype righttype operator".split(), number_key),
    "pg_class": Table("pg_class", "oid name schema relkind columns".split(), by_name),
    "pg_collation": Table("pg_collation", "oid name".split(), lambda r: (r[1], r)),
}


def queries(major):
    multi = MULTI if major >= 14 else "0"
    where = " WHERE " + SYSTEM + " AND "
    return {
        "pg_type": TYPE.format(multi=multi) + where +
        "(t.typrelid = 0 AND NOT EXISTS (SELECT 1 FROM pg_type e WHERE e.oid = t.typelem AND e.typrelid <> 0 AND t.typlen = -1))",
        "pg_proc": PROC.format(body=BODY.get(major, NEW_BODY)) + " WHERE " + SYSTEM,
        "pg_operator": OPERATOR + " WHERE " + SYSTEM,
        "pg_opclass": OPCLASS + " WHERE " + SYSTEM,
        "pg_cast": CAST + " WHERE c.oid < 16384",
        "pg_amop": AMOP,
        "pg_class": CLASS + " AND " + SYSTEM,
        "pg_collation": COLLATION,
    }


def builtins(outdir):
    for major in VERSIONS:
        if not available(major):
            sys.exit(f"PostgreSQL {major} cannot be had")
        with Server(major) as s:
            for name, query in queries(major).items():
                TABLES[name].add(major, s.rows(query))
        print(f"{major}: read", flush=True)
    for t in TABLES.values():
        t.write(outdir)


def main():
    outdir = sys.argv[1] if len(sys.argv) > 1 else HERE
    builtins(outdir)


main()
