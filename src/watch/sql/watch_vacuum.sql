-- Running VACUUM, by hand or automatic. Before 17 the indexes of a table are not counted.
SELECT p.pid, coalesce(a.backend_type, '') AS backend, 'VACUUM' AS command, CASE WHEN c.relname IS NOT NULL THEN format('%I.%I', n.nspname, c.relname) END AS relation,
       NULL::text AS index, p.phase,
       CASE WHEN p.phase = 'scanning heap' THEN p.heap_blks_scanned WHEN p.phase = 'vacuuming heap' THEN p.heap_blks_vacuumed END AS done,
       CASE WHEN p.phase IN ('scanning heap', 'vacuuming heap') THEN p.heap_blks_total END AS total,
       'blocks' AS unit,
       NULL::int AS locker, NULL::bigint AS parts_done, NULL::bigint AS parts_total
FROM pg_stat_progress_vacuum p
LEFT JOIN pg_class c ON c.oid = p.relid
LEFT JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_stat_activity a ON a.pid = p.pid
WHERE p.datname = current_database()
ORDER BY p.pid
