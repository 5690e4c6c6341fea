"""A search_path with a stranger's schema before pg_catalog: what the rewritten file adds is never found there.

The schema has an operator and a function for each of pg_catalog's that a file could mean, which do what the real one does and tell that they were called.
The original's own text is caught by them, and so is the rewrite's copy of it, by the same ones; nothing else may be. By default a
few cases; LOCKCAST_REWRITE_CASES=all runs all of cases.py, --only NAME some.
"""
import os
import re
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "support"))
sys.path.insert(0, HERE)
from pgserver import Server, arguments, finish  # noqa: E402
import server_cases  # noqa: E402
from cases import BASE, CASES  # noqa: E402

PATH = "evil, pg_catalog, public"
CAUGHT = re.compile(r"caught (\S+)")
# half of them on each version: batches by a key and by pages, a second column, a second table, a bound
FEW = ["type with USING, checks, expression index, comments", "update that is not idempotent", "delete without a key", "stored generated", "attach with a default partition"]
TYPES = "'int2,int4,int8,float8,numeric,text,varchar,name,oid,bool,char,timestamptz,interval,regclass,regnamespace,tid,_text,_int4,pg_lsn'"
EVIL = f"""
CREATE SCHEMA evil;
DO $do$
DECLARE
    o record;
    t oid[] := ARRAY(SELECT (CASE x WHEN 'char' THEN '"char"' ELSE x END)::regtype::oid FROM unnest(string_to_array({TYPES}, ',')) x);
    n int := 0;
    told text := 'IF pg_catalog.current_setting(''evil.told_%1$s'', true) IS NULL THEN PERFORM pg_catalog.set_config(''evil.told_%1$s'', ''1'', false); RAISE WARNING ''caught %2$s''; END IF;';
    body text := 'BEGIN %s RETURN %s; END';
BEGIN
    FOR o IN SELECT oprname, oprleft, oprright, oprresult FROM pg_operator WHERE oprkind = 'b' AND oprnamespace = 'pg_catalog'::regnamespace
             AND (oprleft = ANY (t) OR oprleft = 'anynonarray'::regtype) AND (oprright = ANY (t) OR oprright = 'anynonarray'::regtype)
             UNION SELECT '||', 'text'::regtype, x, 'text'::regtype FROM unnest(t) x WHERE x <> ALL ('{{text,_text,_int4}}'::regtype[])
             UNION SELECT op, a, b, 'bool'::regtype FROM unnest('{{=,<>}}'::text[]) op, unnest('{{name,text,varchar}}'::regtype[]) a, unnest('{{name,text,varchar}}'::regtype[]) b LOOP
        n := n + 1;
        EXECUTE format('CREATE FUNCTION evil.op_%s(a %s, b %s) RETURNS %s LANGUAGE plpgsql IMMUTABLE AS %L', n, o.oprleft::regtype, o.oprright::regtype, o.oprresult::regtype,
            format(body, format(told, n, replace(o.oprname, '%', '%%') || '(' || replace(o.oprleft::regtype::text, ' ', '_') || ',' || replace(o.oprright::regtype::text, ' ', '_') || ')'),
                   'a OPERATOR(pg_catalog.' || o.oprname || ') b'));
        EXECUTE format('CREATE OPERATOR evil.%s (FUNCTION = evil.op_%s, LEFTARG = %s, RIGHTARG = %s)', o.oprname, n, o.oprleft::regtype, o.oprright::regtype);
    END LOOP;
    FOR o IN SELECT proname, oidvectortypes(proargtypes) AS args, prorettype::regtype AS ret, provolatile,
               (SELECT coalesce(string_agg('$' || i, ', '), '') FROM generate_series(1, pronargs) i) AS given FROM pg_proc p
             WHERE pronamespace = 'pg_catalog'::regnamespace AND prokind = 'f' AND NOT proretset AND provariadic = 0 AND prorettype <> 'trigger'::regtype
               AND NOT EXISTS (SELECT FROM unnest(proargtypes::oid[] || prorettype) a JOIN pg_type y ON y.oid = a WHERE typtype = 'p' AND typname <> 'void')
               AND pronargs < 4 AND proname ~ '^(pg_|quote_|has_|set_config|current_setting|clock_|now|random|format|round|concat|to_regclass|array_|obj_desc|col_desc|hashtext|statement_|make_interval|nextval|setval|replace|string_|unnest|repeat|length|lower|upper|abs|regexp)' LOOP
        EXECUTE format('CREATE FUNCTION evil.%I(%s) RETURNS %s LANGUAGE plpgsql %s AS %L', o.proname, o.args, o.ret,
            CASE o.provolatile WHEN 'i' THEN 'IMMUTABLE' WHEN 's' THEN 'STABLE' ELSE '' END,
            CASE o.ret WHEN 'void'::regtype THEN format('BEGIN %s PERFORM pg_catalog.%I(%s); END', format(told, o.proname, o.proname || '()'), o.proname, o.given)
                 ELSE format(body, format(told, o.proname, o.proname || '()'), format('pg_catalog.%I(%s)', o.proname, o.given)) END);
    END LOOP;
END $do$;
"""


def caught(err):
    return set(CAUGHT.findall(err))


def run_case(server, binary, case, folder):
    path = os.path.join(folder, "migration.sql")
    open(path, "w").write(case["migration"])
    for db in ("a", "b"):
        server.rows(f"DROP DATABASE IF EXISTS {db}")
        server.rows(f"CREATE DATABASE {db} TEMPLATE base")
        server.psql(case.get("setup", "") + ";\nVACUUM ANALYZE", db=db)
        server.rows(f"ALTER DATABASE {db} SET search_path = {PATH}")
    status, err = server_cases.run_psql(server, "a", path)
    if status and ("not commutative" in err or "not immutable" in err or "must be marked IMMUTABLE" in err):
        return ""  # the original cannot be run so: an index wants an immutable, a constraint a commutative operator
    if status:
        return f"the original fails: {err.strip()}"[:400]
    own = caught(err)
    status, told, err = server_cases.rewrite(binary, server, "b", path, os.path.join(folder, "out"))
    if status:
        return f"rewrite fails: {err}"
    if "rewritten" not in told:
        return ""
    status, err = server_cases.run_psql(server, "b", os.path.join(folder, "out", "migration.sql"))
    if status:
        return "the rewritten file fails: " + " / ".join(l for l in err.split("\n") if "caught" not in l and "PL/pgSQL" not in l)[:700]
    more = caught(err) - own
    if more:
        return f"is caught by {sorted(more)}"
    server.rows("ALTER DATABASE a RESET search_path")
    server.rows("ALTER DATABASE b RESET search_path")
    expected = server_cases.compare.schema(server, "a"), server_cases.compare.data(server, "a", case.get("ignore", ()))
    return server_cases.judge(server, expected, "b", case.get("ignore", ()))


def main():
    args = arguments(only="", keep="")
    everything = args.only or os.environ.get("LOCKCAST_REWRITE_CASES") == "all"
    for major in args.versions or [13, 18]:
        with Server(major, settings={"fsync": "off", "autovacuum": "off"}) as server:
            server.rows("CREATE DATABASE base")
            server.psql(BASE + EVIL, db="base")
            cases = CASES if everything else [case for case in CASES if case["name"] in FEW[major % 2::2]]
            server_cases.check_cases(args, server, cases, run_case)
    finish()


if __name__ == "__main__":
    main()
