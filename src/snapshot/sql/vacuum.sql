-- Running vacuums of this database.
SELECT p.relid, n.nspname AS schema, c.relname AS name, coalesce(a.query LIKE '%(to prevent wraparound)%', false) AS wraparound,
       coalesce(a.backend_type = 'autovacuum worker', false) AS automatic, extract(epoch FROM clock_timestamp() - a.xact_start) * 1000 AS age_ms, p.phase,
       p.heap_blks_total AS blocks_total, p.heap_blks_scanned AS blocks_done
FROM pg_stat_progress_vacuum p
LEFT JOIN pg_stat_activity a ON a.pid = p.pid
LEFT JOIN pg_class c ON c.oid = p.relid
LEFT JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE p.datname = current_database()
ORDER BY p.relid
