-- Running COPY (from 14 on). bytes_total is 0 where the data come through a pipe or from the client: then its end is not known.
SELECT p.pid, coalesce(a.backend_type, '') AS backend, p.command, CASE WHEN c.relname IS NOT NULL THEN format('%I.%I', n.nspname, c.relname) END AS relation,
       NULL::text AS index, 'copying' AS phase,
       CASE WHEN p.bytes_total > 0 THEN p.bytes_processed ELSE p.tuples_processed END AS done, nullif(p.bytes_total, 0) AS total,
       CASE WHEN p.bytes_total > 0 THEN 'bytes' ELSE 'rows' END AS unit, NULL::int AS locker, NULL::bigint AS parts_done, NULL::bigint AS parts_total
FROM pg_stat_progress_copy p
LEFT JOIN pg_class c ON c.oid = nullif(p.relid, 0)
LEFT JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_stat_activity a ON a.pid = p.pid
WHERE p.datname = current_database()
ORDER BY p.pid
