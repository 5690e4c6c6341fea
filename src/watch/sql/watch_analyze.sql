-- Running ANALYZE.
SELECT p.pid, coalesce(a.backend_type, '') AS backend, 'ANALYZE' AS command, CASE WHEN c.relname IS NOT NULL THEN format('%I.%I', n.nspname, c.relname) END AS relation,
       NULL::text AS index, p.phase,
       CASE WHEN p.phase LIKE 'acquiring%' THEN p.sample_blks_scanned WHEN p.phase = 'computing extended statistics' THEN p.ext_stats_computed END AS done,
       CASE WHEN p.phase LIKE 'acquiring%' THEN p.sample_blks_total WHEN p.phase = 'computing extended statistics' THEN p.ext_stats_total END AS total,
       CASE WHEN p.phase LIKE 'acquiring%' THEN 'blocks' ELSE 'statistics' END AS unit,
       NULL::int AS locker, p.child_tables_done AS parts_done, p.child_tables_total AS parts_total
FROM pg_stat_progress_analyze p
LEFT JOIN pg_class c ON c.oid = p.relid
LEFT JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_stat_activity a ON a.pid = p.pid
WHERE p.datname = current_database()
ORDER BY p.pid
