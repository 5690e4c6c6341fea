-- Sessions of this database that run something or hold a transaction. Who blocks whom is asked for the 64 that wait longest only:
-- each answer locks all of the lock manager's partitions for a moment (pg_blocking_pids, utils/adt/lockfuncs.c).
WITH w AS (SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' ORDER BY query_start, pid LIMIT 64)
SELECT a.pid, coalesce(a.application_name, '') AS application, coalesce(a.backend_type, '') AS backend, a.state, a.wait_event_type, a.wait_event,
       round(extract(epoch FROM clock_timestamp() - a.query_start) * 1000) AS query_ms,
       round(extract(epoch FROM clock_timestamp() - a.xact_start) * 1000) AS xact_ms,
       CASE WHEN w.pid IS NOT NULL THEN array_to_string(pg_blocking_pids(a.pid), ',') END AS blockers, a.query
FROM pg_stat_activity a
LEFT JOIN w ON w.pid = a.pid
WHERE a.datname = current_database() AND a.pid <> pg_backend_pid() AND a.state IS DISTINCT FROM 'idle' AND a.leader_pid IS NULL
ORDER BY a.query_start, a.pid
LIMIT 2000
