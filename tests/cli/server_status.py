"""Exit status and message when a server refuses, disappears, or the user loses patience."""
import os
import signal
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from pgserver import Server, arguments, available, check, finish, installed_majors, skip  # noqa: E402
from program import Program  # noqa: E402

args = arguments()
p = Program(args.bin)
major = (args.versions or installed_majors() or [15])[-1]
if not available(major):
    skip(f"no PostgreSQL {major}")
MIGRATION = p.file("m.sql", "ALTER TABLE t ADD COLUMN c int;\n")


def refused(what, r, *says):
    check(r.status == 3, f"{what}: status {r.status}; {r.err.strip()[-300:]}")
    check(r.err.startswith("lockcast: "), f"{what}: stderr starts with {r.err[:60]!r}")
    for word in says:
        check(word in r.err, f"{what}: stderr has no \"{word}\": {r.err.strip()[-300:]}")


with Server(major) as s:
    s.psql("CREATE TABLE t (id int PRIMARY KEY); INSERT INTO t SELECT generate_series(1, 100)")
    s.psql("CREATE EXTENSION pg_stat_statements")
    s.psql("CREATE ROLE guarded LOGIN PASSWORD 'right'")
    hba = os.path.join(s.data, "pg_hba.conf")
    with open(hba) as f:
        rules = f.read()
    with open(hba, "w") as f:
        f.write("host all guarded 127.0.0.1/32 scram-sha-256\n" + rules)
    s.rows("SELECT pg_reload_conf()")
    time.sleep(0.2)

    r = p.run("review", "-d", s.dsn(), MIGRATION)
    check(r.status in (0, 1), f"a review: status {r.status}; {r.err[-300:]}")
    r = p.run("review", "-d", f"postgresql://postgres@127.0.0.1:{s.port}/postgres", MIGRATION)
    check(r.status in (0, 1), f"a URI: status {r.status}; {r.err[-300:]}")
    refused("wrong password", p.run("review", "-d", s.dsn(user="guarded"), MIGRATION, env={"PGPASSWORD": "wrong"}), "password")
    refused("no password", p.run("review", "-d", s.dsn(user="guarded"), MIGRATION, timeout=20), "password")
    r = p.run("review", "-d", s.dsn(user="guarded"), MIGRATION, env={"PGPASSWORD": "right"})
    check(r.status in (0, 1), f"a role with few privileges: status {r.status}; {r.err[-300:]}")
    check("right" not in r.out + r.err.replace("copyright", ""), "the password is shown")
    refused("no such database", p.run("review", "-d", s.dsn("nowhere"), MIGRATION), "nowhere")

    # the long commands: Ctrl-C, and a session that somebody ends; nothing is written, nothing is left
    SLOW = p.file("slow.sql", "SELECT pg_sleep(30);\n")
    WRITTEN = os.path.join(p.folder, "written.json")
    END = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name LIKE 'lockcast%'"
    for command in (["calibrate", "--time-budget", "20", "-o", WRITTEN], ["snapshot", "--sample", "20s", "-o", WRITTEN],
                    ["rehearse", "--this-is-a-clone", "-o", WRITTEN, SLOW]):
        for ended in (False, True):
            run = p.start(*command, "-d", s.dsn())
            time.sleep(1.0)
            begin = time.time()
            if ended:
                s.rows(END)
            else:
                run.send_signal(signal.SIGINT)
            out, err = run.communicate(timeout=30)
            what = f"{command[0]}, {'session ended' if ended else 'Ctrl-C'}"
            check(run.returncode == (3 if ended else 130), f"{what}: status {run.returncode}; {err[-300:]}")
            check(time.time() - begin < 5 and out == b"" and b"lockcast: " in err, f"{what}: {time.time() - begin:.1f} s, {err[-300:]}")
            check(not os.path.exists(WRITTEN), f"{what}: something was written")
            if os.path.exists(WRITTEN):
                os.unlink(WRITTEN)

    # somebody holds every lock: a review neither waits for it nor stands in its way
    holder = s.connect(autocommit=False)
    holder.cursor().execute("LOCK TABLE t IN ACCESS EXCLUSIVE MODE")
    begin = time.time()
    r = p.run("review", "-d", s.dsn(), MIGRATION, timeout=60)
    check(r.status in (0, 1), f"behind ACCESS EXCLUSIVE: status {r.status}; {r.err[-300:]}")
    check(time.time() - begin < 20, f"behind ACCESS EXCLUSIVE it took {time.time() - begin:.1f} s")
    holder.rollback()
    holder.close()

    # a catalogue is locked that a new session does not read: the review hangs in its own queries, until its timeout, Ctrl-C
    # or the server's end
    holder = s.connect(autocommit=False)
    holder.cursor().execute("LOCK TABLE pg_catalog.pg_constraint IN ACCESS EXCLUSIVE MODE")
    run = p.start("review", "-d", s.dsn(), MIGRATION)
    time.sleep(1.0)
    begin = time.time()
    run.send_signal(signal.SIGINT)
    out, err = run.communicate(timeout=30)
    check(time.time() - begin < 5, f"Ctrl-C took {time.time() - begin:.1f} s")
    check(run.returncode in (130, -signal.SIGINT, 3), f"Ctrl-C: status {run.returncode}; {err[-300:]}")
    check(b"Traceback" not in err and out == b"", f"Ctrl-C: output {out[:100]!r}")
    begin = time.time()
    r = p.run("review", "-d", s.dsn(), MIGRATION, timeout=100)
    refused("a locked catalogue", r)
    check(time.time() - begin < 60, f"a locked catalogue held it up for {time.time() - begin:.1f} s")
    # and one that every new session reads: not even connecting gets through
    holder.cursor().execute("LOCK TABLE pg_catalog.pg_class IN ACCESS EXCLUSIVE MODE")
    begin = time.time()
    refused("a locked pg_class", p.run("review", "-d", s.dsn(), MIGRATION, timeout=100))
    check(time.time() - begin < 60, f"a locked pg_class held it up for {time.time() - begin:.1f} s")
    holder.rollback()
    holder.cursor().execute("LOCK TABLE pg_catalog.pg_constraint IN ACCESS EXCLUSIVE MODE")

    results = []
    waiting = threading.Thread(target=lambda: results.append(p.run("review", "-d", s.dsn(), MIGRATION, timeout=100)))
    waiting.start()
    time.sleep(0.7)
    s.stop(signal.SIGQUIT)
    waiting.join()
    refused("a killed server", results[0])
finish()
