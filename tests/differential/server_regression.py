"""PostgreSQL's own regression scripts, statement by statement: what the server locks against what is forecast for the scripts offline.

LOCKCAST_PG_SOURCE=DIR      an unpacked source of the server's own release; skipped without it, for its files are not ours
LOCKCAST_REGRESS_VERSION    17
LOCKCAST_REGRESS_SCRIPTS    comma-separated, test_setup always runs first; default: a few that are quick. `all`: the whole schedule, ten minutes
LOCKCAST_REGRESS_LIB=DIR    where a regress.so lies; without it functions in C fail, on the server as in the forecast
LOCKCAST_REGRESS_FLOOR      99.0, per cent of the statements exact

Uses the tracer and the scorer's notion of exact in ../shared/oracle (LOCKCAST_SHARED).
"""
import collections
import io
import json
import os
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "support"))
from pgserver import arguments, check, finish, skip  # noqa: E402

QUICK = "create_table,create_index,inherit,foreign_key,triggers,truncate,sequence,identity,domain,indexing"
SHARED = os.environ.get("LOCKCAST_SHARED") or os.path.join(HERE, "..", "..", "..", "shared")
RECONNECT = re.compile(r"\\c(onnect)?( -)?\s*$")
COPY_IN = re.compile(r"^(?:\s|--[^\n]*\n)*copy\b(?:[^']|'[^']*')*?\bfrom\s+stdin\b", re.I | re.S)


def schedule(folder):
    names = [w for line in open(os.path.join(folder, "parallel_schedule")) if line.startswith("test:") for w in line.split()[1:]]
    wanted = os.environ.get("LOCKCAST_REGRESS_SCRIPTS", QUICK)
    return [n for n in names if (wanted == "all" and n != "infinite_recurse") or n == "test_setup" or n in wanted.split(",")]


def trace(version, folder, names, build):
    """The records of the tracer, by script."""
    import trace_locks
    from tracer import Driver, Tracer

    records = collections.OrderedDict()
    with trace_locks.Traced(version) as server:
        server.sql("postgres", "CREATE DATABASE regression TEMPLATE template0")
        for name in names:
            out, tracer = io.StringIO(), Tracer(server.root, server.port, "regression")
            text = open(os.path.join(folder, "sql", name + ".sql"), encoding="utf-8", errors="replace").read()
            Driver(tracer, {}, out, name).script(text)
            tracer.close()
            records[name] = [json.loads(line) for line in out.getvalue().splitlines()]
    return records


def join(records, folder, scripts):
    """The statements that ran, as files, with the \\c between them; and which line each begins at."""
    paths, lines = [], {}
    for name, rows in records.items():
        at, text, lines[name] = 1, [], {}
        with open(os.path.join(scripts, name + ".sql"), encoding="utf-8", errors="replace") as f:
            again = [n for n, line in enumerate(f, 1) if RECONNECT.match(line)]
        for i, row in enumerate(rows):
            while again and row["line"] > again[0]:
                text.append("\\c\n")
                at += 1
                del again[0]
            sql = row["sql"].rstrip() + "\n;\n" + ("\\.\n" if COPY_IN.match(row["sql"]) else "")
            lines[name][at] = i
            at += sql.count("\n")
            text.append(sql)
        paths.append(os.path.join(folder, name + ".sql"))
        with open(paths[-1], "w", encoding="utf-8") as f:
            f.write("".join(text))
    return paths, lines


def main():
    args = arguments()
    source = os.environ.get("LOCKCAST_PG_SOURCE")
    if not source or not os.path.isdir(os.path.join(SHARED, "oracle", "tool")):
        skip("LOCKCAST_PG_SOURCE or the oracle in ../shared is missing")
    sys.path[:0] = [os.path.join(SHARED, "oracle"), os.path.join(SHARED, "oracle", "tool")]
    import score

    version = int(os.environ.get("LOCKCAST_REGRESS_VERSION", "17"))
    folder = os.path.join(source, "src", "test", "regress")
    with tempfile.TemporaryDirectory() as tmp:
        os.environ.update(PG_ABS_SRCDIR=folder, PG_ABS_BUILDDIR=tmp, PG_LIBDIR=os.environ.get("LOCKCAST_REGRESS_LIB", tmp),
                          PG_DLSUFFIX=".so", PGDATESTYLE="Postgres, MDY", PGTZ="America/Los_Angeles")
        records = trace(version, folder, schedule(folder), tmp)
        paths, lines = join(records, tmp, os.path.join(folder, "sql"))
        command = [args.bin, "review", "--server-version", str(version), "--input-format", "plain", "--no-traffic", "--fail-on", "never",
                   "--format", "json"]
        report = json.loads(subprocess.run(command + paths, stdout=subprocess.PIPE, check=True).stdout)
    total = score.Score(0)
    for migration in report["migrations"]:
        name = os.path.basename(migration["path"])[:-4]
        forecast = {lines[name].get(s["line"]): s for s in migration["statements"]}
        one = score.Score(20)
        for i, row in enumerate(records[name]):
            if score.counted(row):
                truth = score.truth_sets(row)
                one.add(f"{name}:{row['line']}", row["sql"], truth,
                        score.forecast_sets(forecast[i], truth, row["sql"]) if i in forecast else None)
        one.report(name)
        total += one
    print(total.line("ALL"))
    exact = 100.0 * total.n["exact"] / max(1, total.n["all"])
    check(exact >= float(os.environ.get("LOCKCAST_REGRESS_FLOOR", "99.0")), f"{exact:.2f} % of {total.n['all']} statements exact on {version}")
    finish()


main()
