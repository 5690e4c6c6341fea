#!/usr/bin/python3
"""Records what servers say of their catalogue after fixtures/apply_*.sql, for test_apply_table.c.

    record_apply.py [--versions 13,18] [--print] [FILE.sql...]

Writes FILE.VERSION.txt beside each file; --print writes to standard output instead. Each statement runs by itself; failures are passed over.
"""
import argparse
import glob
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "support"))
from pgserver import Server  # noqa: E402

VISIBLE = "n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'"
COLUMNS = "(SELECT string_agg(coalesce(a.attname, '<expr>'), ',' ORDER BY key.i) FROM unnest({keys}) WITH ORDINALITY key(attnum, i) " \
          "LEFT JOIN pg_attribute a ON a.attrelid = {rel} AND a.attnum = key.attnum AND key.attnum > 0)"
NAME = "(SELECT nn.nspname || '.' || cc.relname FROM pg_class cc JOIN pg_namespace nn ON nn.oid = cc.relnamespace WHERE cc.oid = {0})"
PARENTS = "coalesce((SELECT string_agg(pn.nspname || '.' || pc.relname, ',' ORDER BY (pn.nspname || '.' || pc.relname) COLLATE \"C\") " \
          "FROM pg_inherits h JOIN pg_class pc ON pc.oid = h.inhparent JOIN pg_namespace pn ON pn.oid = pc.relnamespace WHERE h.inhrelid = c.oid), '')"

QUERIES = [
    f"""SELECT format('relation %s.%s kind=%s persistence=%s partition=%s replident=%s rls=%s%s parents=%s options=%s', n.nspname, c.relname, c.relkind,
            c.relpersistence, c.relispartition::int, c.relreplident, c.relrowsecurity::int, c.relforcerowsecurity::int, {PARENTS},
            array_to_string(c.reloptions, ','))
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE {VISIBLE} AND c.relkind NOT IN ('i', 'I', 't')""",
    f"""SELECT format('owned %s.%s by %s.%s %s', n.nspname, c.relname, {NAME.format('d.refobjid')}, d.refobjsubid, d.deptype)
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype IN ('a', 'i') AND d.refclassid = 'pg_class'::regclass
        WHERE {VISIBLE} AND c.relkind = 'S'""",
    f"""SELECT format('column %s.%s.%s %s %s%s identity=%s generated=%s default=%s inhcount=%s local=%s storage=%s', n.nspname, c.relname, a.attname,
            a.attnum, format_type(a.atttypid, a.atttypmod), CASE WHEN a.attnotnull THEN ' not null' ELSE '' END,
            coalesce(nullif(a.attidentity::text, ''), '-'), coalesce(nullif(a.attgenerated::text, ''), '-'), a.atthasdef::int, a.attinhcount,
            a.attislocal::int, a.attstorage)
        FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE {VISIBLE} AND a.attnum > 0 AND NOT a.attisdropped AND c.relkind NOT IN ('i', 'I', 't', 'S')""",
    f"""SELECT format('index %s.%s on %s %s (%s) nkeys=%s unique=%s primary=%s valid=%s partial=%s constraint=%s clustered=%s replident=%s parents=%s',
            n.nspname, c.relname, {NAME.format('i.indrelid')}, am.amname, {COLUMNS.format(keys='i.indkey', rel='i.indrelid')}, i.indnkeyatts,
            i.indisunique::int, i.indisprimary::int, i.indisvalid::int, (i.indpred IS NOT NULL)::int,
            EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = c.oid AND k.contype IN ('p', 'u', 'x'))::int, i.indisclustered::int,
            i.indisreplident::int, {PARENTS})
        FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_am am ON am.oid = c.relam
        WHERE {VISIBLE}""",
    f"""SELECT format('constraint %s.%s %s (%s) references=%s(%s) index=%s upd=%s del=%s valid=%s inhcount=%s local=%s noinherit=%s deferrable=%s%s parent=%s',
            n.nspname || '.' || c.relname, k.conname, k.contype,
            CASE k.contype WHEN 'c' THEN '' ELSE coalesce({COLUMNS.format(keys='k.conkey', rel='k.conrelid')}, '') END,
            coalesce({NAME.format('k.confrelid')}, ''), coalesce({COLUMNS.format(keys='k.confkey', rel='k.confrelid')}, ''),
            coalesce({NAME.format('k.conindid')}, ''), CASE k.contype WHEN 'f' THEN k.confupdtype ELSE '-' END,
            CASE k.contype WHEN 'f' THEN k.confdeltype ELSE '-' END, k.convalidated::int, k.coninhcount, k.conislocal::int, k.connoinherit::int,
            k.condeferrable::int, k.condeferred::int, coalesce((SELECT p.conname FROM pg_constraint p WHERE p.oid = k.conparentid), ''))
        FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE {VISIBLE} AND k.contype <> 't'""",
    f"""SELECT format('trigger %s.%s.%s enabled=%s parent=%s', n.nspname, c.relname, t.tgname, t.tgenabled,
            (t.tgparentid <> 0)::int)
        FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE {VISIBLE} AND (NOT t.tgisinternal OR t.tgparentid <> 0 AND t.tgconstraint = 0)""",
]


def dump(connection):
    with connection.cursor() as cursor:
        lines = []
        for query in QUERIES:
            cursor.execute(query)
            lines += [row[0] for row in cursor.fetchall()]
    return "".join(line + "\n" for line in sorted(lines, key=lambda line: line.encode()))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--versions", default="13,14,15,16,17,18")
    parser.add_argument("--print", action="store_true")
    parser.add_argument("files", nargs="*")
    args = parser.parse_args()
    for version in args.versions.split(","):
        with Server(int(version)) as server:
            for path in args.files or sorted(glob.glob(os.path.join(HERE, "fixtures", "apply_*.sql"))):
                server.psql("DROP DATABASE IF EXISTS apply")
                server.psql("CREATE DATABASE apply TEMPLATE template0")
                server.psql(open(path, encoding="utf-8").read(), db="apply", stop=False)
                connection = server.connect("apply")
                text = dump(connection)
                connection.close()
                if args.print:
                    sys.stdout.write(text)
                else:
                    with open(f"{path[:-4]}.{version}.txt", "w", encoding="utf-8") as out:
                        out.write(text)


if __name__ == "__main__":
    main()
