-- Counters of this database.
SELECT d.xact_commit, d.xact_rollback, [[pg_stat_database.session_time? d.session_time : NULL::float8]] AS session_ms,
       [[pg_stat_database.active_time? d.active_time : NULL::float8]] AS active_ms,
       [[pg_stat_database.idle_in_transaction_time? d.idle_in_transaction_time : NULL::float8]] AS idle_in_transaction_ms,
       [[pg_stat_database.sessions? d.sessions : NULL::bigint]] AS sessions, d.deadlocks, d.conflicts, d.numbackends,
       extract(epoch FROM d.stats_reset) * 1000 AS since
FROM pg_stat_database d
WHERE d.datname = current_database()
