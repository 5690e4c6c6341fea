#!/usr/bin/python3
"""review: what was simulated, the options that say how the application behaves, and what the queue tells, against closed forms.

  test_queue.py --bin LOCKCAST
"""
import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from made_snapshot import add_report, add_traffic, fixture  # noqa: E402
from pgserver import arguments, check, finish  # noqa: E402
from program import Program  # noqa: E402

p = Program(arguments().bin)
RATE = 20.0  # a second, of each text
SELECT, OTHER = "SELECT * FROM shop.orders WHERE id = $1", "SELECT * FROM shop.things WHERE id = $1"


def snapshot(texts, mean=0.5, rates=None, report_ms=None):
    """RATE calls a second of each text, or its own of rates; report_ms: a report on shop.orders has run for so long."""
    d = fixture()
    add_traffic(d, texts, rates or [RATE] * len(texts), mean)
    if report_ms:
        add_report(d, report_ms)
    return p.file("snapshot.json", json.dumps(d))


SNAPSHOT = snapshot([SELECT, OTHER])
SQL = p.file("m.sql", "BEGIN; LOCK TABLE shop.orders IN ACCESS EXCLUSIVE MODE; SELECT pg_sleep(1); COMMIT;")


def review(*more, sql=SQL, status=0):
    r = p.run("review", "--snapshot", SNAPSHOT, "--format", "json", "--fail-on", "never", "--pool-size", "100", "--cores", "4", *more, sql)
    check(r.status == status, f"{more}: {r.status} {r.err}")
    return json.loads(r.out) if r.status == 0 else r


def near(value, expected, tolerance, what):
    check(abs(value - expected) <= tolerance, f"{what}: {value}, not {expected} +- {tolerance}")


# the model says what was simulated
d = review()
m = d["model"]
check((m["pool_size"], m["cores"], m["pooler"], m["client_timeout_ms"], m["client_retries"]) == (100, 4, "none", 0, 0), f"the defaults: {m}")
near(m["transactions_per_s"], 2 * RATE, 0.2, "the rate")

# a window of 1 s: 20 sessions of those who use the table, none of the others; the worst moment is its end
f, q = d["forecast"], d["queue"]
near(f["peak_blocked_sessions"]["p50"], RATE, 1.5, "blocked at the worst moment")
near(q["worst_moment"]["at_ms"]["p50"], 1000 - 1000 / RATE, 60, "the worst moment")
check(q["worst_moment"]["waiting"][0]["waiting"] == SELECT, "who waits")
near(q["worst_moment"]["waiting"][0]["sessions"]["p50"], f["peak_blocked_sessions"]["p50"], 0.1, "sessions at the worst moment")
check([x["query"] for x in q["delayed"]] == [SELECT], f"only they are late: {q['delayed']}")
line = q["timeline"]
half = line["blocked_p50"][int(500 / line["bin_ms"])]
near(half, RATE / 2, 2, "after half of the window half of them wait")
check(q["deadlocks"] == [] and q["most_in_the_way"] is None and d["lock_timeout"] is None, "nobody is in its way")

# a pool of five is full after 250 ms, and stops those on the other table too
d = review("--pool-size", "5")
near(d["forecast"]["pool_exhausted_ms"]["p50"], 1000 - 1000 * 5 / RATE, 90, "pool full")
late = {x["query"]: x["waited_for_lock"] for x in d["queue"]["delayed"]}
check(late.get(OTHER) == 0 and 0 < late.get(SELECT, 0) < 0.6, f"bystanders wait for a connection alone: {late}")

# connections that stay taken: with 40 transactions a second, and each held 100 ms longer, four more of them on average
d = review("--pooler", "session", "--connection-held", "100", "--pool-size", "12")
check(d["model"]["pooler"] == "session" and d["model"]["connection_held_ms"] == 100, f"{d['model']}")
check(d["forecast"]["delayed_transactions"]["p50"] > review("--pool-size", "12")["forecast"]["delayed_transactions"]["p50"], "held connections make the pool smaller")
d = review("--pooler", "transaction", "--connection-held", "100", "--pool-size", "12")
check(d["model"]["connection_held_ms"] == 0, "a transaction pooler takes them back")
check("connection-held" in " ".join(review("--pooler", "session")["unknowns"]), "what is assumed is said")

# clients that give up after 300 ms: nobody waits longer; those who come again are fewer each time
d = review("--client-timeout", "300")
near(d["forecast"]["peak_blocked_sessions"]["p50"], 9, 2, "patience bounds the queue: 6 on average, 9 at most in a second")
d = review("--client-timeout", "300", "--client-retries", "5", "--retry-delay", "50")
check(d["forecast"]["peak_blocked_sessions"]["p50"] > RATE * 0.5, f"a storm of retries: {d['forecast']['peak_blocked_sessions']}")
check((d["model"]["client_retries"], d["model"]["retry_delay_ms"]) == (5, 50), f"{d['model']}")

# usage
check(review("--pooler", "none-such", status=2).err.startswith("lockcast: "), "a pooler that there is not")
check(review("--client-timeout", "-1", status=2).out == "", "a negative time")

# a trace opens in Perfetto: an array of events
trace = os.path.join(p.folder, "trace.json")
review("--trace", trace)
events = json.load(open(trace))
events = events["traceEvents"] if isinstance(events, dict) else events
check(any(e.get("cat") == "wait" for e in events) and len(events) > 30, "the trace has waits")

# queries of 200 ms, on cores enough for them, have the index open all the time; it is dead when it is dropped, so CONCURRENTLY keeps nobody waiting
SNAPSHOT = snapshot([SELECT, "SELECT * FROM shop.customers WHERE id = $1"], 200)
for text in ("REINDEX INDEX CONCURRENTLY shop.orders_pkey", "DROP INDEX CONCURRENTLY shop.customers_mail"):
    d = review("--cores", "32", "--replications", "60", sql=p.file("concurrently.sql", text + ";"))
    check(d["forecast"]["peak_blocked_sessions"]["p90"] == 0, f"{text}: {d['forecast']['peak_blocked_sessions']}")
    check(d["forecast"]["lock_wait_ms"]["p50"] > 100, f"{text} waits for those who had it open: {d['forecast']['lock_wait_ms']}")

# who is delayed most stands first, whatever the order of the texts in the view
LESS, MORE = "SELECT mail FROM shop.orders o JOIN shop.customers c ON c.id = o.customer_id WHERE o.id = $1", SELECT
SNAPSHOT = snapshot([LESS, MORE], rates=[RATE / 4, RATE])
d = review()
check([x["query"] for x in d["queue"]["delayed"]] == [MORE, LESS], f"the most delayed first: {[x['query'] for x in d['queue']['delayed']]}")

# a report that has run for ten seconds is as likely to end within ten more as not; one of two minutes, within two
waits = {}
for age_s in (10, 120):
    SNAPSHOT = snapshot([SELECT], rates=[0.5], report_ms=age_s * 1e3)
    waits[age_s] = review("--replications", "300", sql=p.file("behind.sql", "ALTER TABLE shop.orders ADD COLUMN behind int;"))["forecast"]["lock_wait_ms"]["p50"] / 1e3
    near(waits[age_s], age_s, age_s * 0.3, "the wait behind a report")
SNAPSHOT = snapshot([SELECT, OTHER])

# hours of work that keep nobody waiting, and hours that do: the deploy is simulated to its end
long = p.file("long.sql", "BEGIN; LOCK TABLE shop.cars IN SHARE UPDATE EXCLUSIVE MODE; SELECT pg_sleep(7200); COMMIT;")
d = review(sql=long)
near(d["forecast"]["duration_ms"]["p50"], 7200e3, 400e3, "two hours")
check(d["forecast"]["migration_fails_probability"] == 0, "it is done at the end")
finish()
