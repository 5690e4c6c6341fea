"""Statements after PostgreSQL's grammar, over relations of every kind: what the server locks, in which order, rewrites, scans and refuses,
against what is forecast from a snapshot of the same database, and offline from its history.

Statements are made of the templates in grammar_table.py (grammar_expand.py) over the database of grammar_schema.sql. Each runs on a session of its own and is
rolled back; what cannot run in a transaction runs on a copy of the database. Forecasts are made of many at once, each between BEGIN and ROLLBACK; one that differs is
asked again alone, and only then counts. Needs the tracer in ../shared/oracle (LOCKCAST_SHARED) and gcc.

LOCKCAST_GRAMMAR_SECONDS (16, all versions together, without the servers' start), LOCKCAST_GRAMMAR_VERSIONS (13,18), LOCKCAST_GRAMMAR_SEED (1): another sample, and other choices within each statement.
LOCKCAST_GRAMMAR_ONLY: a regular expression that statements match. LOCKCAST_GRAMMAR_KEEP=FILE: every difference as JSON lines.

What the server accepts must be forecast as it is. Refusals that are not foreseen, or for another reason, and another order of the same locks are counted and
shown, and fail the test with LOCKCAST_GRAMMAR_STRICT=1: most templates name what cannot be done, and the server says so in a thousand ways.
"""
import collections
import json
import os
import re
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
SHARED = os.environ.get("LOCKCAST_SHARED") or os.path.join(HERE, "..", "..", "..", "shared")
sys.path[:0] = [os.path.join(HERE, "..", "support"), os.path.join(HERE, "..", "catalog"), HERE, os.path.join(SHARED, "oracle"), os.path.join(SHARED, "oracle", "tool")]
from pgserver import arguments, check, finish, skip  # noqa: E402
import grammar_expand  # noqa: E402
import server_random_script as script  # noqa: E402

BATCH = 60
# what leaves something to the statements after it, and schemas' names, by which relations are called when all is known
ALONE = re.compile(r"(SET|RESET|DISCARD|PREPARE|DEALLOCATE|EXECUTE|LISTEN|UNLISTEN|ALTER SCHEMA|EXPLAIN .*EXECUTE)\b")
STRICT = os.environ.get("LOCKCAST_GRAMMAR_STRICT")
KNOWN = [   # (in which forecast, statement, difference, why): shown, never failed on
    (r"^offline", r"ALL IN TABLESPACE", r"^(lock|rewrite) missing", "offline nobody is logged in: what has which owner is not known"),
    (r"^offline", r"OWNER TO (SESSION_USER|CURRENT_\w+)", r"^lock (missing|too much)", "offline nobody is logged in: whether that is another owner is not known"),
    (r"^offline", r"lib\.secret", r"^(lock|scan) too much: .*lib\.(book|author|v_book)", "offline nobody is logged in: policies are taken to hold, of a superuser they do not"),
    (r"", r"^DROP SUBSCRIPTION", r"^server:  ok", "whether a subscription has a slot is not known"),
    (r"", r"^VACUUM(?!.*\bFULL)", r"^lock missing: .*AccessExclusiveLock", "whether empty pages at the end are cut off depends on dead rows"),
    (r"", r"^ALTER TABLE .*(FOREIGN KEY|REFERENCES)", r"^scan (too much|missing)", "the key's check is a join: it reads its inner side only when the outer side has rows, and as the planner likes"),
    (r"", r"CONCURRENTLY|^(VACUUM|CLUSTER)", r"^lock (missing|too much): \('lib\.(place|site)', 'AccessShareLock'", "a row type is opened once per session, by the first that needs its columns"),
    (r"", r"^CALL lib.sweep_all", r"^lock missing: .*lib.book', 'AccessShareLock'", "given back at once: what a session opens first is looked up"),
]


def schema(major):
    """The statements of grammar_schema.sql that the version has."""
    found = []
    for line in open(os.path.join(HERE, "grammar_schema.sql"), encoding="utf-8"):
        since = re.match(r"--(\d\d)\+ ", line)
        if line.strip() and (since or not line.startswith("--")) and (not since or int(since[1]) <= major):
            found.append(line[since.end() if since else 0:].strip())
    return found


def review(binary, text, more):
    """The forecast statements of one file; or an error's text."""
    with tempfile.NamedTemporaryFile("w", suffix=".sql", encoding="utf-8") as f:
        f.write(text)
        f.flush()
        p = subprocess.run([binary, "review", "--no-traffic", "--format", "json", "--input-format", "plain", "--transaction", "none", "--fail-on", "never", *more, f.name], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if p.returncode not in (0, 1):
        return f"exit {p.returncode}: {p.stderr.decode(errors='replace')[-300:]}"
    return json.loads(p.stdout)["migrations"][-1]["statements"]


def in_order(record, statement, score):
    """The strong locks of both in the order in which they are taken, of those that both have."""
    theirs = [(x["relation"], x["mode"]) for x in record["locks"] if not x.get("created") and score.visible(x.get("relation")) and x["mode"] in score.STRONG]
    ours = [(score.unquote(x["relation"]), x["mode"]) for x in statement["locks"] if not x.get("created") and x["mode"] in score.STRONG]
    both = set(theirs) & set(ours)
    return [x for x in dict.fromkeys(theirs) if x in both], [x for x in dict.fromkeys(ours) if x in both]


def needs_block(sql):
    return re.match(r"LOCK|DECLARE|FETCH|MOVE|SET LOCAL|SET CONSTRAINTS", sql)


class Version:
    def __init__(self, server, binary, folder, seed):
        self.server, self.binary, self.seed, self.major = server, binary, seed, server.version
        self.history, self.snapshot, self.count = os.path.join(folder, "history.sql"), os.path.join(folder, "snapshot.json"), collections.Counter()
        self.keep = open(os.environ["LOCKCAST_GRAMMAR_KEEP"], "a", encoding="utf-8") if "LOCKCAST_GRAMMAR_KEEP" in os.environ else None

    def prepare(self):
        """The database that every statement finds, its history as a file, its snapshot."""
        lines = schema(self.major)
        self.server.sql("postgres", "CREATE DATABASE grammar TEMPLATE template0")
        tracer = self.server.tracer("grammar")
        with tracer.conn.cursor() as c:
            for line in lines:
                try:
                    c.execute(line)
                except Exception as e:
                    check(False, f"PostgreSQL {self.major}: {line}: {e}")
            world = grammar_expand.World(c, self.major)
        tracer.close()
        with open(self.history, "w", encoding="utf-8") as f:
            f.writelines(x + ";\n" for x in lines)
        p = subprocess.run([self.binary, "snapshot", "--no-traffic", "-d", self.server.dsn("grammar"), "-o", self.snapshot], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        check(p.returncode == 0, f"snapshot: {p.stdout.decode(errors='replace')[-300:]}")
        return world

    def ways(self):
        return (("snapshot", ["--snapshot", self.snapshot]), ("offline", ["--server-version", str(self.major), self.history]))

    def trace(self, setup, sql):
        """What the tracer saw of a statement, on a session of its own."""
        from tracer import NeedFresh
        for database in ("grammar", "run"):
            if database == "run":
                self.server.sql("postgres", "DROP DATABASE IF EXISTS run")
                self.server.sql("postgres", "CREATE DATABASE run TEMPLATE grammar")
            tracer = self.server.tracer(database)
            try:
                with tracer.conn.cursor() as c:
                    c.execute("SET statement_timeout = '10s'")
                    if setup:
                        c.execute(setup)
                        tracer.pre = tracer.relmap()
                tracer.rollback = database == "grammar"
                if needs_block(sql):
                    tracer.run("BEGIN")
                return tracer.run(sql, None)[0]
            except NeedFresh:
                pass
            finally:
                tracer.close()

    def alone(self, setup, sql, record, more):
        own = record.get("own_txn")
        found = review(self.binary, (setup + ";\n" if setup else "") + (sql + ";\n" if own else f"BEGIN;\n{sql};\nROLLBACK;\n"), more)
        return found if isinstance(found, str) else found[(1 if setup else 0) + (0 if own else 1)]

    def differences(self, record, statement):
        import score
        if isinstance(statement, str):
            return [statement]
        if not record.get("ok") and not statement["parsed"]:
            return []  # neither reads it
        found = script.differences(record, statement, score)[0]
        if not found and record.get("ok"):
            theirs, ours = in_order(record, statement, score)
            if theirs != ours:
                found = [f"order: {' '.join(f'{r}:{m[:-4]}' for r, m in theirs)}; forecast: {' '.join(f'{r}:{m[:-4]}' for r, m in ours)}"]
        return found

    def hold(self, batch):
        """Compares what was traced of some statements, both ways."""
        together = [x for x in batch if not x[0] and not x[2].get("own_txn") and not ALONE.match(x[1])]
        for how, more in self.ways():
            at_once = review(self.binary, "".join(f"BEGIN;\n{sql};\nROLLBACK;\n" for _, sql, _ in together), more)
            guess = {sql: at_once[3 * i + 1] if len(at_once) == 3 * len(together) else at_once if isinstance(at_once, str) else "not one forecast each" for i, (_, sql, _) in enumerate(together)}
            for setup, sql, record in batch:
                self.count[how] += 1
                found = self.differences(record, guess[sql]) if sql in guess else None
                if found or found is None:
                    again = self.differences(record, self.alone(setup, sql, record, more))
                    if found and not again:
                        self.report(how + " after others", record, found)
                    elif again:
                        self.report(how, record, again)

    def report(self, how, record, found):
        sql = record["sql"]
        new = [d for d in found if not any(re.search(h, how) and re.search(s, sql) and re.search(x, d) for h, s, x, _ in KNOWN)]
        sort = "known" if not new else "refusal" if not record.get("ok") else "order" if new[0].startswith("order") else "differ"
        self.count[f"{how}: {sort}"] += 1
        if self.keep and new:
            self.keep.write(json.dumps({"version": self.major, "how": how, "sort": sort, "sql": sql, "found": new}) + "\n")
            self.keep.flush()
        text = f"PostgreSQL {self.major} {how}: {sql}\n    " + "\n    ".join(new or found)
        if sort == "differ" or (STRICT and sort != "known"):
            check(False, text)
        else:
            print(f"{sort}: {text}")

    def run(self, seconds):
        world = self.prepare()
        deadline = time.monotonic() + seconds
        only = re.compile(os.environ.get("LOCKCAST_GRAMMAR_ONLY", ""))
        batch, total = [], 0
        for setup, sql in grammar_expand.statements(world, self.seed):
            if time.monotonic() > deadline:
                break
            if not only.search(sql):
                continue
            record = self.trace(setup, sql)
            total += 1
            if record.get("ok") or not (script.BY_ROWS.match(record.get("sqlstate") or "57014") or script.PENDING.search(record.get("error") or "")):
                self.count["accepted"] += bool(record.get("ok"))
                batch.append((setup, sql, record))
            if len(batch) == BATCH:
                self.hold(batch)
                batch = []
        self.hold(batch)
        check(total, f"PostgreSQL {self.major}: a statement was run")
        print(f"PostgreSQL {self.major}: {total} statements run, {self.count['snapshot']} compared, {self.count['accepted']} accepted; " +
              ", ".join(f"{k} {n}" for k, n in sorted(self.count.items()) if ":" in k), flush=True)


def main():
    a = arguments()
    if not os.path.isdir(os.path.join(SHARED, "oracle", "tool")):
        skip("the oracle in ../shared is missing")
    import trace_locks

    versions = a.versions or [int(v) for v in os.environ.get("LOCKCAST_GRAMMAR_VERSIONS", "13,18").split(",")]
    seconds = float(os.environ.get("LOCKCAST_GRAMMAR_SECONDS", "16")) / len(versions)
    for major in versions:
        with trace_locks.Traced(major) as server, tempfile.TemporaryDirectory() as folder:
            server.roles()
            Version(server, a.bin, folder, int(os.environ.get("LOCKCAST_GRAMMAR_SEED", "1"))).run(seconds)
    finish()


if __name__ == "__main__":
    main()
