#!/usr/bin/python3
"""Write the tables of built-in objects (src/catalog/data/*.tsv) from real servers of versions 13 to 18.

  builtin_from_server.py [OUTDIR]          starts its own servers (tests/support/pgserver.py)

Each line begins with the first and the last major version that has exactly this row. Run it again for a new major version; the output is sorted, so a diff shows what changed.
"""
import os
import re
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


# Objects of the contrib extensions. A type is its oid where it is built in, else @name or @name[]; a function is name(type,type).
EXTENSIONS = Table("extensions", "extension kind name fields...".split(), lambda r: r)
MEMBER = " JOIN pg_depend d ON d.classid = '{cls}'::regclass AND d.objid = o.oid AND d.refobjid = {ext} AND d.deptype = 'e'"
MEMBERS = {
    "type": ("pg_type", """SELECT o.typname, o.typtype, o.typcategory, o.typispreferred, o.typbyval, o.typlen, o.typalign, o.typstorage, o.typnotnull,
        'T' || o.typbasetype, 'T' || o.typelem, o.typcollation, (SELECT provolatile FROM pg_proc p WHERE p.oid = o.typinput),
        (SELECT provolatile FROM pg_proc p WHERE p.oid = o.typoutput),
        coalesce((SELECT string_agg(pg_get_expr(conbin, 0), ' AND ') FROM pg_constraint c WHERE c.contypid = o.oid), '') FROM pg_type o""",
             " WHERE (o.typelem = 0 OR o.typlen <> -1) AND o.typtype <> 'c'"),
    "relation": ("pg_class", """SELECT o.relname, o.relkind, (SELECT string_agg(attname || ':T' || atttypid, ' ' ORDER BY attnum) FROM pg_attribute
        WHERE attrelid = o.oid AND attnum > 0 AND NOT attisdropped) FROM pg_class o""", " WHERE o.relkind IN ('r', 'v', 'c', 'S')"),
    "composite": ("pg_type", """SELECT c.relname, 'c', (SELECT string_agg(attname || ':T' || atttypid, ' ' ORDER BY attnum) FROM pg_attribute
        WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped) FROM pg_type o JOIN pg_class c ON c.oid = o.typrelid AND c.relkind = 'c'""", ""),
    "function": ("pg_proc", """SELECT o.proname, o.prokind, o.provolatile, o.proisstrict, o.proretset, o.prosecdef, o.proleakproof, o.provariadic <> 0,
        'T' || o.prorettype, coalesce((SELECT string_agg('T' || t, ' ' ORDER BY i) FROM unnest(o.proargtypes::oid[]) WITH ORDINALITY u(t, i)), ''),
        o.pronargdefaults, (SELECT lanname FROM pg_language l WHERE l.oid = o.prolang),
        coalesce((SELECT string_agg('T' || t, ' ' ORDER BY i) FROM unnest(o.proallargtypes) WITH ORDINALITY u(t, i)), ''),
        coalesce((SELECT string_agg(t::text, '' ORDER BY i) FROM unnest(o.proargmodes) WITH ORDINALITY u(t, i)), ''),
        coalesce((SELECT string_agg(t, ' ' ORDER BY i) FROM unnest(o.proargnames) WITH ORDINALITY u(t, i)), ''),
        coalesce(array_to_string(o.proconfig, ','), ''),
        CASE WHEN (SELECT lanname FROM pg_language l WHERE l.oid = o.prolang) = 'sql' THEN {body} ELSE '' END FROM pg_proc o""", ""),
    "operator": ("pg_operator", "SELECT o.oprname, 'T' || o.oprleft, 'T' || o.oprright, 'T' || o.oprresult, 'F' || o.oprcode::oid FROM pg_operator o", ""),
    "cast": ("pg_cast", "SELECT '', 'T' || o.castsource, 'T' || o.casttarget, 'F' || o.castfunc, o.castcontext, o.castmethod FROM pg_cast o", ""),
    "opclass": ("pg_opclass", """SELECT o.opcname, m.amname, 'T' || o.opcintype, 'T' || o.opckeytype, o.opcdefault
        FROM pg_opclass o JOIN pg_am m ON m.oid = o.opcmethod""", ""),
    "requires": (None, "SELECT e.extname FROM pg_depend d JOIN pg_extension e ON e.oid = d.refobjid WHERE d.classid = 'pg_extension'::regclass AND d.objid = {ext}"
                 " AND d.refclassid = 'pg_extension'::regclass", ""),
}
NOT_SQL = ("plperl", "plpython", "pltcl", "_plperl", "_plpython", "transform")


def references(cur):
    """T<oid> and F<oid> of the queries above to what the file has."""
    cur.execute("SELECT t.oid, t.typname, e.typname FROM pg_type t LEFT JOIN pg_type e ON e.typarray = t.oid WHERE t.oid >= 16384")
    types = {str(o): f"@{e}[]" if e else f"@{n}" for o, n, e in cur.fetchall()}
    cur.execute("""SELECT p.oid, p.proname, coalesce((SELECT string_agg('T' || t, ',' ORDER BY i) FROM unnest(p.proargtypes::oid[]) WITH ORDINALITY u(t, i)), '')
        FROM pg_proc p WHERE p.oid >= 16384""")
    functions = {str(o): (n, a) for o, n, a in cur.fetchall()}

    def type_of(m):
        return types.get(m.group(1), m.group(1))

    def function_of(m):
        name, args = functions.get(m.group(1), (None, None))
        return f"{name}({re.sub(TYPE_REF, type_of, args)})" if name else m.group(1)
    return lambda v: re.sub(r"^F(\d+)$", function_of, re.sub(TYPE_REF, type_of, v)) if isinstance(v, str) else v


TYPE_REF = r"(?:(?<=^)|(?<=[ ,:]))T(\d+)(?=$|[ ,])"


def extensions(server, major):
    cur = server.connect().cursor()
    cur.execute("SELECT name FROM pg_available_extensions ORDER BY name")
    for (name,) in cur.fetchall():
        if any(w in name for w in NOT_SQL):
            continue
        try:
            cur.execute(f'CREATE EXTENSION IF NOT EXISTS "{name}" CASCADE')
        except Exception as e:
            print(f"{major}: {name}: {str(e).splitlines()[0]}")
    resolve = references(cur)
    cur.execute("SELECT oid, extname FROM pg_extension WHERE extname <> 'plpgsql'")
    for ext, name in cur.fetchall():
        EXTENSIONS.add(major, [(name, "extension", "")])
        for kind, (cls, select, where) in MEMBERS.items():
            member = MEMBER.format(cls=cls, ext=ext) if cls else ""
            cur.execute(select.format(body=BODY.get(major, NEW_BODY).replace("p.", "o."), ext=ext) + member + where)
            EXTENSIONS.add(major, [(name, "relation" if kind == "composite" else kind) + tuple(resolve(v) for v in r) for r in cur.fetchall()])


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
            extensions(s, major)
        print(f"{major}: read", flush=True)
    for t in [*TABLES.values(), EXTENSIONS]:
        t.write(outdir)


def main():
    outdir = sys.argv[1] if len(sys.argv) > 1 else HERE
    builtins(outdir)


main()
