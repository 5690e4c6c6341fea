-- One look at all sessions. pids and addresses are not kept: code numbers the sessions.
SELECT a.pid, extract(epoch FROM a.backend_start) AS backend_start, a.pid = pg_backend_pid() AS own, extract(epoch FROM clock_timestamp()) * 1000 AS at,
       a.state, a.backend_type, a.application_name AS application, a.wait_event_type, a.wait_event,
       extract(epoch FROM clock_timestamp() - a.backend_start) * 1000 AS backend_ms, extract(epoch FROM clock_timestamp() - a.xact_start) * 1000 AS xact_ms,
       extract(epoch FROM clock_timestamp() - a.query_start) * 1000 AS query_ms, extract(epoch FROM clock_timestamp() - a.state_change) * 1000 AS state_ms,
       coalesce(a.datname = current_database(), false) AS this_database, a.backend_xid IS NOT NULL AS has_xid, a.backend_xmin IS NOT NULL AS has_snapshot,
       [[pg_stat_activity.leader_pid? a.leader_pid : NULL::int]] AS leader, [[pg_stat_activity.query_id? a.query_id::text : NULL::text]] AS queryid, a.query
FROM pg_stat_activity a
WHERE a.datid IS NOT NULL OR a.backend_type IS NULL OR a.backend_type IN ('autovacuum worker', 'walsender')
ORDER BY a.backend_start, a.pid
