"""Bodies: DO blocks, functions, procedures, triggers, foreign-key actions and rules, as migrations have them (bodies/idioms.sql) and made by a seeded
generator (body_generator.py), over bodies/schema.sql. What the server locks (and in which order), rewrites, scans and refuses, and the catalogue
after it, against what is forecast for the schema and the script offline, and for the script alone from a snapshot.

What a body does that cannot be known must be said: a statement with such a finding may lock more than is forecast, and is counted by itself.
Needs the tracer in ../shared/oracle (LOCKCAST_SHARED) and gcc. Every difference that KNOWN does not name fails the test.

LOCKCAST_BODIES_SECONDS (24, without the server's start: some of the idioms, on 18), LOCKCAST_BODIES_VERSIONS (13,15,18 and all idioms when one of these is set), LOCKCAST_BODIES_SEED (1),
LOCKCAST_BODIES_ONLY=REGEX  idioms of this name only, no generated bodies;  LOCKCAST_BODIES_KEEP=DIR keeps the script of every case with a difference;
LOCKCAST_BODIES_SAID=1 prints what is said to be unknown.
"""
import collections
import os
import random
import re
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
import server_random_script as scripts  # noqa: E402  (it knows where the rest is)
from body_generator import Bodies  # noqa: E402
from pgserver import arguments, check, finish, skip  # noqa: E402

UNKNOWN = {"dynamic-sql", "not-parsed", "not-modelled", "unknown-function", "too-deep", "too-large", "may-fail", "catalogue-written"}
KNOWN = [        # (statement, difference, why): shown, never failed on
    (r"^ALTER TABLE .*FOREIGN KEY", r"^scan ", "the key's check is a join, whose plan depends on sizes and on whether there are rows"),
    (r"DEFAULT app\.down", r"^scan missing", "what the function of a default reads is no scan of the statement's own"),
    (r"app\.backfill\(", r"^server: 42", "what is wrong with the SQL in a body is said when it runs, not when it is made"),
    (r"COMMIT|ROLLBACK|^CALL", r"^lock missing: \('app\.v_order', 'AccessShareLock'\)", "a row type is opened once per session, by the first that needs its columns"),
]


def statements_of(text):
    """A statement ends where an empty line follows; comments of whole lines go."""
    parts = re.split(r";[ \t]*\n[ \t]*\n|;\s*\Z", re.sub(r"(?m)^--.*\n", "", text))
    return [p.strip() for p in parts if p.strip()]


def read(name):
    with open(os.path.join(HERE, "bodies", name), encoding="utf-8") as f:
        return f.read()


def idioms():
    """name -> statements"""
    pieces = re.split(r"(?m)^-- case: (\S+)\n", read("idioms.sql"))
    return {pieces[i]: statements_of(pieces[i + 1]) for i in range(1, len(pieces), 2)}


class Script(scripts.Script):
    """A case: the statements that were run, with what the tracer saw of each."""

    def __init__(self, tracer, records):
        self.tracer, self.records, self.whole, self.lost = tracer, list(records), True, False

    def play(self, statements):
        for s in statements:
            if not self.run(s):
                if self.tracer.conn.info.transaction_status != 0:  # inside of BEGIN: the rest would fail, too
                    self.run("ROLLBACK")
                    break
                self.tracer.pre = self.tracer.relmap()


def order_of(record, statement):
    """(theirs, ours): relations and modes that both hold at the end, by when each was first taken: what a block gave up and took again has its first place."""
    theirs = [(x["relation"], x["mode"]) for x in record["locks"] if not x.get("created")]
    taken = [(scripts.score.unquote(x["relation"]), x["mode"], x.get("released", "commit")) for x in statement["locks"] if not x.get("created")]
    ours = [x[:2] for x in taken]
    both = set(theirs) & {x[:2] for x in taken if x[2] == "commit"}
    strong = {x for x in both if x[1] in scripts.score.STRONG and not x[0].startswith("pg_toast")}
    return [x for x in theirs if x in strong], list(dict.fromkeys(x for x in ours if x in strong))


class Case(scripts.Round):
    """One case on one version."""

    def __init__(self, server, binary, dump, name):
        super().__init__(server, binary, dump, name)
        self.name = name

    def differences(self, record, statement, score):
        if record.get("skipped"):  # the ground
            return [], False
        found, parted = scripts.differences(record, statement, score)
        said = [f["message"] for f in statement["findings"] if f["rule"] in UNKNOWN] if statement else []
        if statement and any(x.get("certain") is False and x["mode"] in score.STRONG for x in statement["locks"]):
            self.count["unsure"] += 1  # what it leaves in the catalogue depends on rows
        if said:
            self.count["said"] += 1
            if os.environ.get("LOCKCAST_BODIES_SAID"):
                print(f"said: {self.name} {self.server.version}: {said} {' '.join(record['sql'].split())[:300]}")
            found = [f for f in found if not f.split(" ")[1].startswith("missing")]
            parted = False if record.get("ok") else parted
        if statement and not found and record.get("ok") and not said and "phases" not in record:
            theirs, ours = order_of(record, statement)
            at = next((i for i, (x, y) in enumerate(zip(theirs, ours)) if x != y), None)
            if at is not None:
                found = [f"order: {at + 1}. {theirs[at:at + 3]} forecast: {ours[at:at + 3]}"]
        return found, parted

    def known(self, sql, difference):
        sql = " ".join(sql.split())
        return next((why for s, d, why in KNOWN if re.search(s, sql) and re.search(d, difference)), None)

    def run(self, ground, snapshot, statements):
        self.server.sql("postgres", "DROP DATABASE IF EXISTS body")
        self.server.sql("postgres", "CREATE DATABASE body TEMPLATE ground")
        tracer = self.server.tracer("body")
        try:
            with tracer.conn.cursor() as c:
                c.execute("SET statement_timeout = '10s'")
            script = Script(tracer, ground)
            script.play(statements)
            whole = self.hold("offline", script.records, ["--server-version", str(self.server.version)])
            self.hold("snapshot", script.records[len(ground):], ["--snapshot", snapshot])
            if whole and script.whole and not self.count["said"] and not self.count["unsure"]:
                self.catalogue(script, whole)
            self.report(script)
        finally:
            tracer.close()
        self.count["statements"] -= len(ground)


class Server:
    """A server of one version with the ground, and its snapshot."""

    def __init__(self, server, binary, dump, folder):
        self.server, self.binary, self.dump = server, binary, dump
        server.roles()
        server.sql("postgres", "ALTER ROLE app_owner SUPERUSER")
        server.sql("postgres", "CREATE DATABASE ground TEMPLATE template0")
        tracer = server.tracer("ground")
        script = Script(tracer, [])
        for s in statements_of(read("schema.sql")):
            check(script.run(s), f"the schema on {server.version}: {s}")
        tracer.close()
        self.ground = [{**r, "skipped": True} for r in script.records]
        self.snapshot = os.path.join(folder, f"{server.version}.json")
        scripts.subprocess.run([binary, "snapshot", "--no-traffic", "-d", server.dsn("ground"), "-o", self.snapshot], check=True, stdout=scripts.subprocess.DEVNULL)
        self.total = collections.Counter()

    def case(self, name, statements):
        one = Case(self.server, self.binary, self.dump, name)
        one.run(self.ground, self.snapshot, statements)
        self.total += one.count


def main():
    a = arguments()
    if not os.path.isdir(os.path.join(scripts.SHARED, "oracle", "tool")):
        skip("the oracle in ../shared is missing")
    import score
    import trace_locks

    scripts.score = score
    dump = os.path.join(os.path.dirname(a.bin), "tests", "catalog_test_apply_table")
    if not os.path.exists(dump):
        skip(f"{dump} is missing")
    long = any(name in os.environ for name in ("LOCKCAST_BODIES_SECONDS", "LOCKCAST_BODIES_VERSIONS", "LOCKCAST_BODIES_ONLY"))
    seconds = float(os.environ.get("LOCKCAST_BODIES_SECONDS", "24"))
    seed = int(os.environ.get("LOCKCAST_BODIES_SEED", "1"))
    only = os.environ.get("LOCKCAST_BODIES_ONLY")
    versions = a.versions or [int(v) for v in os.environ.get("LOCKCAST_BODIES_VERSIONS", "13,15,18" if long else "18").split(",")]
    os.environ.setdefault("LOCKCAST_RANDOM_KEEP", os.environ.get("LOCKCAST_BODIES_KEEP", ""))
    for major in versions:
        n = made = 0
        with trace_locks.Traced(major) as server, tempfile.TemporaryDirectory() as folder:
            one = Server(server, a.bin, dump, folder)
            deadline = time.monotonic() + seconds / len(versions)
            cases = [c for c in idioms().items() if not only or re.search(only, c[0])]
            random.Random(seed).shuffle(cases)
            for name, statements in cases:
                if long or time.monotonic() < deadline - seconds / 3:
                    one.case(name, statements)
                    n += 1
            while not only and time.monotonic() < deadline:
                one.case(f"seed {seed + made}", Bodies(random.Random(seed + made), major).script())
                made += 1
            print(f"PostgreSQL {major}: {n} idioms, {made} seeds, {one.total['statements']} statements compared, {one.total['differences']} with differences, "
                  f"{one.total['said']} said to be unknown, {one.total['catalogues']} catalogues", flush=True)
    finish()


if __name__ == "__main__":
    main()
