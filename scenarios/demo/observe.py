"""What a migration really does to live traffic: runs it while looking at pg_stat_activity, and reads pgbench's log.

The figures are those of `lockcast review --format json`:
  lock_wait_ms           the migration's own wait for its locks
  duration_ms            its wall time without that wait
  peak_blocked_sessions  most traffic sessions waiting for a lock at one moment
  blocked_session_s      the integral of those sessions over time
  delayed_transactions   transactions slower than the calm p99 + 50 ms, from the migration's start to the end of the drain
  drain_ms               from the release of its locks to the last delayed transaction before a second without one
  pool_exhausted_ms      time in which every connection of the pool waited for a lock
"""
import collections
import os
import re
import threading
import time

CALM_MARGIN_MS = 50.0
LOOK = """SELECT pid, application_name, left(query, 100), pg_blocking_pids(pid)
          FROM pg_stat_activity WHERE wait_event_type = 'Lock'"""
HOLDER = "SELECT pid, left(query, 100) FROM pg_stat_activity WHERE pid = ANY(%s)"


class Sampler(threading.Thread):
    """Looks every 10 ms who waits for whom. looks: [(time, [(pid, application, query, blocking pids)])]."""

    def __init__(self, connection, period_s=0.010):
        super().__init__(daemon=True)
        self.connection, self.period_s, self.looks, self.done, self.holders = connection, period_s, [], threading.Event(), {}

    def run(self):
        cur = self.connection.cursor()
        while not self.done.is_set():
            t = time.time()
            cur.execute(LOOK)
            rows = cur.fetchall()
            self.looks.append((t, rows))
            unknown = {b for r in rows for b in r[3]} - self.holders.keys()
            if unknown:
                cur.execute(HOLDER, (list(unknown),))
                self.holders.update(cur.fetchall())
            time.sleep(max(0.0, self.period_s - (time.time() - t)))

    def stop(self):
        self.done.set()
        self.join()


def transactions(prefix):
    """[(end, latency ms)] from pgbench's per-transaction log; the latency counts from the scheduled start."""
    folder, name = os.path.split(prefix)
    out = []
    for f in os.listdir(folder):
        if f.startswith(name + "."):
            with open(os.path.join(folder, f)) as log:
                for line in log:
                    w = line.split()
                    out.append((int(w[4]) + int(w[5]) / 1e6, float(w[2]) / 1e3))
    return sorted(out)


def waits(looks, pid, traffic, pool):
    """The figures that the looks at pg_stat_activity give."""
    wait = peak = area = full = 0.0
    for (t, rows), (after, _) in zip(looks, looks[1:]):
        n, dt = sum(1 for r in rows if r[1] == traffic), after - t
        peak, area = max(peak, n), area + n * dt
        full += dt if n >= pool else 0
        wait += dt if any(r[0] == pid for r in rows) else 0
    return {"lock_wait_ms": wait * 1e3, "peak_blocked_sessions": peak, "blocked_session_s": area, "pool_exhausted_ms": full * 1e3}


def delays(log, begin, end):
    """The figures that the transactions' latencies give; begin and end are the migration's."""
    calm = sorted(ms for t, ms in log if t < begin - 0.2)
    limit = (calm[int(len(calm) * 0.99)] if calm else 50.0) + CALM_MARGIN_MS
    late = [(t, ms) for t, ms in log if t >= begin and ms > limit]
    after = sorted(t for t, _ in late if t > begin + 0.5 * (end - begin))
    release = calm_again = min([end, *after])
    for t in after:
        if t - calm_again > 1.0:
            break
        calm_again = t
    late = [ms for t, ms in late if t <= calm_again]
    return {"delayed_transactions": len(late), "drain_ms": (calm_again - release) * 1e3,
            "calm_p99_ms": limit - CALM_MARGIN_MS, "longest_ms": max(late, default=0.0)}


def normal(query):
    """One line without its literals, so that the same query counts as one."""
    return re.sub(r"'[^']*'?|\b\d+(\.\d+)?\b", "?", " ".join(query.split()))


def chains(sampler, pid):
    """[(waiting query, what it waits behind, looks that saw it)], most seen first; each waiting session counts."""
    seen = collections.Counter()
    for _, rows in sampler.looks:
        for who, _, query, behind in rows:
            blocker = "the migration" if pid in behind else normal(sampler.holders.get(behind[0], "?")) if behind else "?"
            seen["the migration" if who == pid else normal(query), blocker] += 1
    return [(*k, n) for k, n in seen.most_common()]


def run_migration(connect, sql, traffic, pool):
    """Runs sql now. Returns a function that, once the traffic has ended, gives (figures, chains, error) from its log."""
    sampler = Sampler(connect(application_name="observer"))
    sampler.start()
    connection = connect(application_name="migration")
    pid, error = connection.get_backend_pid(), None
    begin = time.time()
    try:
        connection.cursor().execute(sql)
    except Exception as e:  # a lock_timeout or a deadlock is a result too
        error = str(e).strip().split("\n")[0]
    end = time.time()
    connection.close()

    def result(log_prefix):
        sampler.stop()
        figures = {**waits(sampler.looks, pid, traffic, pool), **delays(transactions(log_prefix), begin, end)}
        figures["duration_ms"] = max(0.0, (end - begin) * 1e3 - figures["lock_wait_ms"])
        return figures, chains(sampler, pid), error

    return result
