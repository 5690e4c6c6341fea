-- Running VACUUM, by hand or automatic, from 17 on: the indexes done are counted.
SELECT p.pid, coalesce(a.backend_type, '') AS backend, 'VACUUM' AS command, CASE WHEN c.relname IS NOT NULL THEN format('%I.%I', n.nspname, c.relname) END AS relation,
       NULL::text AS index, p.phase,
       CASE WHEN p.phase = 'scanning heap' THEN p.heap_blks_scanned WHEN p.phase = 'vacuuming heap' THEN p.heap_blks_vacuumed
            WHEN p.phase LIKE '%indexes' THEN p.indexes_processed END AS done,
       CASE WHEN p.phase IN ('scanning heap', 'vacuuming heap') THEN p.heap_blks_total
            WHEN p.phase LIKE '%indexes' THEN p.indexes_total END AS total,
       CASE WHEN p.phase LIKE '%indexes' THEN 'indexes' ELSE 'blocks' END AS unit,
       NULL::int AS locker, NULL::bigint AS parts_done, NULL::bigint AS parts_total
FROM pg_stat_progress_vacuum p
LEFT JOIN pg_class c ON c.oid = p.relid
LEFT JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_stat_activity a ON a.pid = p.pid
WHERE p.datname = current_database()
ORDER BY p.pid
