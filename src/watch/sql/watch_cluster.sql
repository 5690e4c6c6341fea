-- Running CLUSTER and VACUUM FULL. index_rebuild_count goes up to the number of the table's indexes.
SELECT p.pid, coalesce(a.backend_type, '') AS backend, p.command, CASE WHEN c.relname IS NOT NULL THEN format('%I.%I', n.nspname, c.relname) END AS relation,
       CASE WHEN i.relname IS NOT NULL THEN format('%I.%I', m.nspname, i.relname) END AS index, p.phase,
       CASE WHEN p.phase = 'rebuilding index' THEN p.index_rebuild_count WHEN p.phase = 'seq scanning heap' THEN p.heap_blks_scanned
            WHEN p.phase = 'index scanning heap' THEN p.heap_tuples_scanned WHEN p.phase = 'writing new heap' THEN p.heap_tuples_written
            END AS done,
       CASE WHEN p.phase = 'rebuilding index' THEN (SELECT count(*) FROM pg_index x WHERE x.indrelid = p.relid)
            WHEN p.phase = 'seq scanning heap' THEN p.heap_blks_total
            WHEN p.phase = 'index scanning heap' THEN nullif(greatest(c.reltuples, 0), 0) WHEN p.phase = 'writing new heap' THEN p.heap_tuples_scanned
            END AS total,
       CASE WHEN p.phase = 'rebuilding index' THEN 'indexes' WHEN p.phase = 'seq scanning heap' THEN 'blocks' ELSE 'rows' END AS unit,
       NULL::int AS locker, NULL::bigint AS parts_done, NULL::bigint AS parts_total
FROM pg_stat_progress_cluster p
LEFT JOIN pg_class c ON c.oid = p.relid
LEFT JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_class i ON i.oid = nullif(p.cluster_index_relid, 0)
LEFT JOIN pg_namespace m ON m.oid = i.relnamespace
LEFT JOIN pg_stat_activity a ON a.pid = p.pid
WHERE p.datname = current_database()
ORDER BY p.pid
