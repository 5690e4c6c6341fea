#!/usr/bin/python3
"""Random sessions with LOCK TABLE requests, run on real servers and in the simulator's lock table: same grants, same victims.

A case has 2 to 5 sessions and 1 to 3 tables. At each tick one session does something: LOCK in any mode, perhaps NOWAIT, COMMIT,
ROLLBACK, SAVEPOINT, ROLLBACK TO. Sessions have deadlock_timeouts and lock_timeouts of their own, in fractions of a tick that no two
share, so that every case has one right answer. Each request's outcome (at once, after a wait, failed and why) and the moment it
comes are compared. A case that differs is run again, slower, before it counts: a busy machine shifts moments.

  LOCKCAST_DIFFERENTIAL_CASES=5000 server_lock_differential.py    default: as many as fit into 25 s on each version
  LOCKCAST_DIFFERENTIAL_SEED=N                                    default 1
"""
import concurrent.futures
import os
import random
import select
import subprocess
import sys
import time

import psycopg2

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from pgserver import Server, arguments, check, finish, skip  # noqa: E402

MODES = ["", "ACCESS SHARE", "ROW SHARE", "ROW EXCLUSIVE", "SHARE UPDATE EXCLUSIVE", "SHARE", "SHARE ROW EXCLUSIVE", "EXCLUSIVE",
         "ACCESS EXCLUSIVE"]
TICK_MS = 100
LAST_TICKS = 8


def generate(seed):
    """A case: times are in ticks."""
    r = random.Random(seed)
    n, tables = r.randint(2, 5), r.choice([1, 2, 2, 3])
    case = {"seed": seed, "n": n, "tables": tables, "sessions": [], "ops": []}
    for i in range(n):
        at = 0.35 + 0.55 * (i + 0.25) / n
        case["sessions"].append((r.randint(0, 3) + at, r.randint(1, 4) + at + 0.25 / n if r.random() < 0.4 else 0))
    weak = r.random() < 0.5
    for tick in range(r.randint(10, 20)):
        what = r.choices(["lock", "commit", "rollback", "savepoint", "rollback_to"], [84, 5, 4, 4, 3])[0]
        mode = r.choice([1, 1, 2, 3, 3, 5, 6, 8] if weak else range(1, 9))
        case["ops"].append((tick, r.randrange(n), what, r.randrange(tables), mode, r.random() < 0.1))
    return case


def script(case, version, tick_ms):
    out = [f"version {version}", f"sessions {case['n']}", f"objects {case['tables']}"]
    out += [f"session {i} {d * tick_ms:.3f} {t * tick_ms:.3f}" for i, (d, t) in enumerate(case["sessions"])]
    out += [f"op {t * tick_ms} {s} {what} {table} {mode} {int(nowait)}" for t, s, what, table, mode, nowait in case["ops"]]
    return "\n".join(out + [f"end {(case['ops'][-1][0] + LAST_TICKS) * tick_ms}", ""])


def simulated(tool, case, version, tick_ms):
    text = subprocess.run([tool], input=script(case, version, tick_ms), capture_output=True, text=True, check=True, timeout=20).stdout
    out = {}
    for line in text.splitlines():
        op, at, what = line.split()
        out[int(op)] = (float(at), what)
    return out


class Session:
    """A connection that never blocks: what it was asked last, and how that ended."""

    def __init__(self, server, setup):
        self.conn = psycopg2.connect(server.dsn(), async_=1)
        self.wait()
        self.busy, self.failed, self.depth, self.op = False, False, 0, None
        for sql in setup + ["BEGIN"]:  # one by one: a SET in the transaction's own query would be rolled back with it
            self.ask(sql)
            self.wait()
        self.busy = False

    def ask(self, sql):
        self.cursor = self.conn.cursor()
        self.cursor.execute(sql)
        self.busy = True

    def wait(self):
        while (state := self.conn.poll()) != psycopg2.extensions.POLL_OK:
            write = state == psycopg2.extensions.POLL_WRITE
            select.select([] if write else [self.conn], [self.conn] if write else [], [], 1)

    def poll(self):
        """None while it waits, else "ok" or why it failed."""
        try:
            if self.conn.poll() != psycopg2.extensions.POLL_OK:
                return None
        except psycopg2.Error as e:
            self.busy, self.failed = False, True
            if e.pgcode == "40P01":
                return "deadlock"
            return "lock_timeout" if "timeout" in str(e) else "nowait" if e.pgcode == "55P03" else str(e)
        self.busy = False
        return "ok"


def sql_of(session, op, name):
    _, _, what, table, mode, nowait = op
    if session.failed or what in ("commit", "rollback"):
        text = "ROLLBACK; BEGIN" if session.failed or what == "rollback" else "COMMIT; BEGIN"
        session.failed, session.depth = False, 0
        return text
    if what == "lock":
        return f"LOCK TABLE {name}_{table} IN {MODES[mode]} MODE{' NOWAIT' if nowait else ''}"
    if what == "savepoint" and session.depth < 2:
        session.depth += 1
        return f"SAVEPOINT s{session.depth}"
    if what == "rollback_to" and session.depth > 0:
        return f"ROLLBACK TO SAVEPOINT s{session.depth}"
    return "SELECT 1"


def observe(sessions, until, started, asked, out):
    """Watches all sessions until a moment; an answer later than a third of a tick after the question came after a wait."""
    while True:
        left = until - time.time()
        busy = [s for s in sessions if s.busy]
        if left <= 0:
            return
        if not busy:
            time.sleep(left)
            return
        select.select([s.conn for s in busy], [], [], left)
        now = (time.time() - started) * 1e3
        for s in busy:
            what = s.poll()
            if what:
                out[s.op] = (now, "granted" if what == "ok" and now - asked[s.op] > 0.3 * (asked["tick"]) else what)


def real(server, case, tick_ms, name):
    sessions = [Session(server, [f"SET deadlock_timeout = '{d * tick_ms * 1000:.0f}us'", f"SET lock_timeout = '{t * tick_ms * 1000:.0f}us'"])
                for d, t in case["sessions"]]
    out, asked, started = {}, {"tick": tick_ms}, time.time() + 0.02
    for i, op in enumerate(case["ops"]):
        observe(sessions, started + op[0] * tick_ms / 1e3, started, asked, out)
        s = sessions[op[1]]
        asked[i] = (time.time() - started) * 1e3
        if s.busy:
            out[i] = (asked[i], "skipped")
            continue
        s.op = i
        s.ask(sql_of(s, op, name))
    observe(sessions, started + (case["ops"][-1][0] + LAST_TICKS) * tick_ms / 1e3, started, asked, out)
    for s in sessions:
        if s.busy:
            out[s.op] = (0, "waits")
    for s in sessions:
        s.conn.close()
    return out


def differences(case, want, got, tick_ms):
    out = []
    for i in range(len(case["ops"])):
        (t1, a), (t2, b) = want.get(i, (0, "?")), got.get(i, (0, "?"))
        if a != b or (a in ("granted", "deadlock", "lock_timeout") and abs(t1 - t2) > 0.5 * tick_ms):
            out.append(f"op {i} {case['ops'][i]}: simulated {a} at {t1:.0f} ms, server {b} at {t2:.0f} ms")
    return out


def run_case(server, tool, version, seed):
    case, bad = generate(seed), []
    for tick_ms in (TICK_MS, 3 * TICK_MS, 6 * TICK_MS):
        bad = differences(case, simulated(tool, case, version, tick_ms), real(server, case, tick_ms, f"t{seed % 64}"), tick_ms)
        if not bad:
            return seed, [], case
    return seed, bad, case


def run_version(version, tool, first_seed, ncases, seconds, workers=8):
    started, total, waits, victims = time.time(), 0, 0, 0
    with Server(version, settings={"max_connections": "100", "autovacuum": "off"}) as server:
        server.psql("".join(f"CREATE TABLE t{k}_{i} (); " for k in range(64) for i in range(3)))
        with concurrent.futures.ThreadPoolExecutor(workers) as pool:
            seeds = iter(range(first_seed, first_seed + ncases))
            running = set()
            while True:
                while len(running) < workers and (ncases < 10**6 or time.time() - started < seconds):
                    seed = next(seeds, None)
                    if seed is None:
                        break
                    running.add(pool.submit(run_case, server, tool, version, seed))
                if not running:
                    break
                done, running = concurrent.futures.wait(running, return_when=concurrent.futures.FIRST_COMPLETED)
                for f in done:
                    seed, bad, case = f.result()
                    outcomes = simulated(tool, case, version, TICK_MS).values()
                    waits += sum(1 for _, w in outcomes if w in ("granted", "waits", "lock_timeout", "deadlock"))
                    victims += sum(1 for _, w in outcomes if w == "deadlock")
                    total += 1
                    check(not bad, f"PostgreSQL {version}, seed {seed}: " + "; ".join(bad[:3]))
    print(f"PostgreSQL {version}: {total} cases, {waits} waits, {victims} deadlock victims, {time.time() - started:.0f} s", flush=True)


def main():
    args = arguments()
    tool = os.path.join(os.path.dirname(args.bin), "tests", "sim_tool_replay")
    if not os.path.exists(tool):
        skip(f"{tool} is not built")
    cases = int(os.environ.get("LOCKCAST_DIFFERENTIAL_CASES", "0"))
    seed = int(os.environ.get("LOCKCAST_DIFFERENTIAL_SEED", "1"))
    for version in args.versions or [15, 17]:
        run_version(version, tool, seed, cases or 10**6, 25)
    finish()


if __name__ == "__main__":
    main()
