"""Random scripts, run for good: transactions with savepoints, what commits by itself, bodies, triggers, rules; every statement's locks, rewrites,
scans and refusals against what is forecast for the script offline and for its second half from a snapshot, and the catalogue at the end.

The statements are statements.py's. A statement that fails for what is in the tables is not forecast: it is left out of the script. Needs the
tracer in ../shared/oracle (LOCKCAST_SHARED) and gcc. Every difference that KNOWN does not name fails the test.

LOCKCAST_RANDOM_SEED (1), LOCKCAST_RANDOM_ROUNDS (9 seeds a version, the same on every machine), LOCKCAST_RANDOM_SECONDS (as many seeds as that allows),
LOCKCAST_RANDOM_VERSIONS (13,18): as in server_random_ddl.py.
LOCKCAST_RANDOM_KEEP=DIR keeps the script of every seed with a difference. LOCKCAST_RANDOM_MORE=1 draws from statements_more.py, too, =2 from statements_migrated.py.
"""
import collections
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
SHARED = os.environ.get("LOCKCAST_SHARED") or os.path.join(HERE, "..", "..", "..", "shared")
sys.path[:0] = [os.path.join(HERE, "..", "support"), os.path.join(HERE, "..", "catalog"), HERE, os.path.join(SHARED, "oracle"), os.path.join(SHARED, "oracle", "tool")]
from pgserver import arguments, check, finish, skip  # noqa: E402
import record_apply  # noqa: E402
import server_random_ddl as ddl  # noqa: E402
import statements  # noqa: E402
import statements_migrated  # noqa: E402
import statements_more  # noqa: E402

LENGTH = 80      # statements of a script, half of them after the snapshot
KNOWN = [        # (statement, difference, why): shown, never failed on
    (r"^CREATE (TEMP |UNLOGGED )?(TABLE|MATERIALIZED VIEW)|^REFRESH|^SELECT 1 INTO", r"^scan too much", "a join reads its inner side only when the outer side has rows"),
    (r"^ALTER TABLE .*FOREIGN KEY", r"^scan too much", "the key's check is such a join, too"),
    (r"^ALTER TABLE .*DETACH PARTITION", r"^scan ", "so is the search for keys that point at the partition: which side is read first depends on sizes"),
    (r"^DO .*(LOOP|IF EXISTS)", r"(?s)^server: in a body: 42.*; forecast: (ok$|The server will refuse)", "whether the loop or the branch is entered depends on the rows"),
    (r"^(UPDATE|DELETE|MERGE|WITH|INSERT .*(SELECT|ON CONFLICT)|COMMIT)", r"(?s)^server: in a body: 42.*; forecast: ok$", "whether a row's trigger runs depends on the rows"),
    (r"EXCEPTION WHEN unique_violation", r"^lock too much: .*Row(Exclusive|Share)Lock", "whether the block is rolled back, and its locks given up, depends on the rows"),
    (r"", r"^server: XX000 cannot start a subtransaction", "a defect of the server (inval.c): what the statement before left unprocessed stands in its way"),
    (r"^CREATE SEQUENCE .*OWNED BY", r"^server: 55000 sequence must have same owner", "offline nobody is logged in: the sequence's owner is not known"),
    (r"^VACUUM", r"^lock missing: .*AccessExclusiveLock", "whether empty pages at the end are cut off depends on dead rows"),
]
# Locks that fp_cache.c decides: bounds of partitions, read from the tables above them, and the columns of row types.
CACHED = ("dml/partition-constraint", "attach/ancestor", "row-type/descriptor")
BY_ROWS = re.compile(r"(22|23|44)|21000|21001|54001|57014|P0004")  # SQLSTATEs that the rows in the tables decide
PENDING = re.compile(r"pending trigger events|still referenced|currval|cursor|active queries in this session")


MORE = os.environ.get("LOCKCAST_RANDOM_MORE")
DANCES = statements_migrated.DANCES if MORE == "2" else []
if MORE == "1":
    statements.MIXED += statements_more.MORE
    statements.ALONE += statements_more.MORE + statements_more.statements_newer.ALONE
elif MORE == "2":
    statements.MIXED += statements_migrated.ONE * 2
    statements.ALONE += statements_migrated.ONE * 3


def known(statement, difference):
    return next((why for s, d, why in KNOWN if re.search(s, statement) and re.search(d, difference)), None)


class Script:
    """One seed: the statements that were run, with what the tracer saw of each."""

    def __init__(self, rng, tracer, major):
        self.r, self.tracer, self.world = rng, tracer, statements.World(rng, major)
        self.records, self.half, self.whole, self.lost = [], 0, True, False

    def look(self):
        with self.tracer.conn.cursor() as c:
            self.world.look(c)
        self.tracer.events()

    def run(self, sql):
        """Runs a statement and keeps it, unless the rows decided. False: the transaction is aborted."""
        record, _ = self.tracer.run(sql, None)
        rows = not record.get("ok") and (BY_ROWS.match(record.get("sqlstate") or "57014") or PENDING.search(record.get("error") or ""))
        self.lost = self.lost or bool(rows)
        if not rows:
            record["lost"], self.lost = self.lost, False
            self.records.append(record)
        elif record.get("own_txn"):
            self.whole = False  # part of it may have been done
        return bool(record.get("ok"))

    def generate(self, choices):
        for _ in range(20):
            s = self.r.choice(choices)(self.world)
            if s and "None" not in s:
                return s
        return "SELECT 1"

    def block(self):
        """A transaction of a few statements."""
        self.run("BEGIN")
        aborted = False
        for _ in range(self.r.randint(2, 6)):
            self.look()
            s = statements.steps(self.world) if self.r.random() < 0.25 else self.generate(statements.MIXED)
            if not self.run(s):
                aborted = self.r.random() < 0.5 or not self.run("ROLLBACK TO a")
                if aborted:
                    break
                self.tracer.pre = self.tracer.relmap()  # what the failed statement scanned is not the next one's
        # what aborted it may be left out, so COMMIT is not asked to roll back
        self.run("ROLLBACK" if aborted or self.r.random() < 0.25 else "COMMIT")

    def dance(self):
        """Statements that belong together: in one transaction, or each in its own."""
        found, together = self.r.choice(DANCES)(self.world) or [], self.r.random() < 0.5
        for s in ["BEGIN", *found, "COMMIT"] if together else found:
            if "None" not in s and not self.run(s) and together:
                self.run("ROLLBACK")
                break

    def fill(self, n, ground=0):
        for i in range(n):
            if not self.whole:
                break
            self.look()
            if i >= ground and DANCES and self.r.random() < 0.12:
                self.dance()
            elif i >= ground and self.r.random() < 0.12:
                self.block()
            else:
                self.run(self.generate(statements.GROUND if i < ground else statements.ALONE))


def forecast(binary, records, more):
    """(what is forecast for each record, None): one statement per line; or (None, the error)."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "script.sql")
        with open(path, "w", encoding="utf-8") as f:
            f.writelines(" ".join(r["sql"].split()) + ";\n" for r in records)
        p = subprocess.run([binary, "review", "--no-traffic", "--format", "json", "--input-format", "plain", "--transaction", "none", "--fail-on", "never", *more, path], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        if p.returncode not in (0, 1):
            return None, f"exit {p.returncode}: {p.stderr.decode(errors='replace')[-300:]}"
        found = {s["line"]: s for s in json.loads(p.stdout)["migrations"][-1]["statements"]}
        return [found.get(i + 1) for i in range(len(records))], None


def refusal(statement):
    """(SQLSTATE, message) of what is forecast to fail."""
    found = [f["message"] for f in statement["findings"] if f["rule"] == "would-fail"]
    return ((re.search(r"SQLSTATE (\w+)", found[0]) or [None, "?"])[1], found[0]) if found else (None, "ok")


def without_cached(record, statement, truth):
    """Without what the session reads only if its caches lack it (CACHED), where the forecast says so, or could not know what they hold (with_caches);
    without what is new to the transaction only if such a lock was not taken before, and was."""
    held, made = {(x["relation"], x["mode"]) for x in record.get("already_held", [])} | record.get("numbered", set()), record.get("made")

    def counts(x):
        certain = x.get("certain", True)
        if (x["relation"], x["mode"]) in truth[0]:
            return True
        if x["rule"] in CACHED:
            return certain and (made is None or x["relation"] in made)
        return certain or (x["relation"], x["mode"]) not in held

    return {**statement, "locks": [x for x in statement["locks"] if counts(x)]}


def with_caches(records, how):
    """The records, each with the relations whose place in the session's caches the forecast can know: `made`, those made since the forecast began
    (the session is older than a snapshot) and since a statement was left out; None: all. A relation that is renamed is not among them. And the
    sequences that the transaction has taken numbers of: it does not ask for their lock again (sequence.c, lock_and_open_sequence)."""
    made, numbered = None if how == "offline" else set(), set()
    for r in records:
        made = set() if r.get("lost") else made
        numbered = numbered if r.get("in_explicit_txn") else set()
        yield {**r, "made": made, "numbered": numbered}
        made = made if made is None else made | set(r.get("created", []))
        numbered = numbered | {(x["relation"], x["mode"]) for x in r.get("locks", []) if x.get("relkind") == "sequence" and x["mode"] == "RowExclusiveLock"}


def differences(record, statement, score):
    """([text], does the catalogue differ from here on?)"""
    if statement is None:
        return ["no forecast"], False
    code, message = refusal(statement)
    if record.get("ok") != (code is None) or (not record.get("ok") and record.get("sqlstate") != code):
        where = "in a body: " if "PL/pgSQL" in (record.get("context") or "") else ""
        return [f"server: {where}{record.get('sqlstate') or ''} {record.get('error', 'ok')}; forecast: {message}"], bool(record.get("ok")) != (code is None)
    if not score.counted(record):
        return [], False
    truth = score.truth_sets(record)
    query = score.QUERY.match(record["sql"]) or record["sql"].startswith("TABLE")
    ours = score.forecast_sets(without_cached(record, statement, truth), truth, "SELECT" if query else record["sql"])
    found = []
    for what, t, o in zip(("lock", "rewrite", "scan"), truth, ours):
        t = {x for x in t if "pg_toast_temp" not in x[0] and "pg_toast_temp" not in x}
        if what == "lock" or not query and (what == "rewrite" or "scanned" in record):
            created = set(record.get("created", []))
            found += [f"{what} missing: {x}" for x in sorted(t - o) if x not in created] + [f"{what} too much: {x}" for x in sorted(o - t) if x not in created]
    return found, False


class Round:
    def __init__(self, server, binary, dump, seed):
        self.server, self.binary, self.dump, self.seed, self.count = server, binary, dump, seed, collections.Counter()
        self.found = []

    def differences(self, record, statement, score):
        return differences(record, statement, score)

    def known(self, sql, difference):
        return known(sql, difference)

    def hold(self, how, records, more):
        """Compares; what the server refused and the forecast did not is left out and the rest forecast again. Gives what was forecast to the end, else None."""
        import score
        records, seen = list(records), set()
        while True:
            statements_, error = forecast(self.binary, records, more)
            if error:
                self.found.append((how, "", [error]))
                return None
            for i, (r, cached, s) in enumerate(zip(records, with_caches(records, how), statements_)):
                found, parted = self.differences(cached, s, score)
                if id(r) not in seen:
                    seen.add(id(r))
                    self.count["statements"] += 1
                    if found:
                        self.found.append((how, r["sql"], found))
                if parted:
                    break
            else:
                return records
            if r.get("ok") or r.get("in_explicit_txn"):
                return None
            del records[i]

    def catalogue(self, script, records):
        with tempfile.NamedTemporaryFile("w", suffix=".sql", encoding="utf-8") as f:
            f.writelines(" ".join(r["sql"].split()) + ";\n" for r in records)
            f.flush()
            ours = set(subprocess.run([self.dump, str(self.server.version), f.name, str(int(time.time() // 86400))], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout.splitlines())
        theirs = set(record_apply.dump(script.tracer.conn).splitlines())
        self.count["catalogues"] += 1
        found = ["server: " + x for x in sorted(theirs - ours)][:8] + ["ours:   " + x for x in sorted(ours - theirs)][:8]
        if found:
            self.found.append(("catalogue", "the catalogue at the end", found))

    def run(self, folder):
        self.server.sql("postgres", "DROP DATABASE IF EXISTS random")
        self.server.sql("postgres", "CREATE DATABASE random TEMPLATE template0")
        tracer = self.server.tracer("random")
        try:
            with tracer.conn.cursor() as c:
                c.execute("SET statement_timeout = '10s'")
            plain = tracer.err
            tracer.err = lambda e: {**plain(e), "context": getattr(getattr(e, "diag", None), "context", None)}
            script = Script(random.Random(self.seed), tracer, self.server.version)
            for s in statements.PREPARE:
                script.run(s)
            script.fill(LENGTH // 2, LENGTH // 4)
            script.run("DISCARD ALL")
            half = len(script.records)
            snapshot = os.path.join(folder, "snapshot.json")
            p = subprocess.run([self.binary, "snapshot", "--no-traffic", "-d", self.server.dsn("random"), "-o", snapshot], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
            check(p.returncode == 0, f"seed {self.seed}: snapshot: {p.stdout.decode(errors='replace')[-300:]}")
            script.fill(LENGTH // 2)
            whole = self.hold("offline", script.records, ["--server-version", str(self.server.version)])
            self.hold("snapshot", script.records[half:], ["--snapshot", snapshot])
            if whole and script.whole:
                self.catalogue(script, whole)
            self.report(script)
        finally:
            tracer.close()

    def report(self, script):
        keep = os.environ.get("LOCKCAST_RANDOM_KEEP")
        if keep and self.found:
            with open(os.path.join(keep, f"{self.server.version}-{self.seed}.sql"), "w", encoding="utf-8") as f:
                f.writelines(" ".join(r["sql"].split()) + ";" + ("" if r.get("ok") else f" -- {r.get('sqlstate')} {r.get('error')}") + "\n" for r in script.records)
        for how, sql, found in self.found:
            whys = [self.known(sql, d) for d in found]
            for d, why in zip(found, whys):
                if why:
                    print(f"known ({why}): {how} {self.server.version} {sql}: {d}")
            new = [d for d, why in zip(found, whys) if not why]
            self.count["differences"] += bool(new)
            check(not new, f"seed {self.seed} PostgreSQL {self.server.version} {how}: {' '.join(sql.split())}\n    " + "\n    ".join(new))


def main():
    a = arguments()
    if not os.path.isdir(os.path.join(SHARED, "oracle", "tool")):
        skip("the oracle in ../shared is missing")
    import trace_locks

    dump = os.path.join(os.path.dirname(a.bin), "tests", "catalog_test_apply_table")
    if not os.path.exists(dump):
        skip(f"{dump} is missing")
    seconds = float(os.environ.get("LOCKCAST_RANDOM_SECONDS", "600"))
    seed = int(os.environ.get("LOCKCAST_RANDOM_SEED", "1"))
    rounds = int(os.environ.get("LOCKCAST_RANDOM_ROUNDS", "1000000" if "LOCKCAST_RANDOM_SECONDS" in os.environ else "9"))
    versions = a.versions or [int(v) for v in os.environ.get("LOCKCAST_RANDOM_VERSIONS", "13,18").split(",")]
    for major in versions:
        total, n = collections.Counter(), 0
        with trace_locks.Traced(major) as server, tempfile.TemporaryDirectory() as folder:
            server.roles()
            server.sql("postgres", "ALTER ROLE app_owner SUPERUSER")  # privileges are no matter of these scripts
            deadline = time.monotonic() + seconds / len(versions)
            while n < rounds and time.monotonic() < deadline:
                one = Round(server, a.bin, dump, seed + n)
                one.run(folder)
                total += one.count
                n += 1
        print(f"PostgreSQL {major}: {n} seeds, {total['statements']} statements compared, {total['differences']} with differences, {total['catalogues']} catalogues", flush=True)
    finish()


if __name__ == "__main__":
    main()
