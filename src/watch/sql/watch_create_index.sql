-- Running index builds: what is counted depends on the phase (catalog/system_views.sql; commands/progress.h).
SELECT p.pid, coalesce(a.backend_type, '') AS backend, p.command, CASE WHEN c.relname IS NOT NULL THEN format('%I.%I', n.nspname, c.relname) END AS relation,
       CASE WHEN i.relname IS NOT NULL THEN format('%I.%I', m.nspname, i.relname) END AS index, p.phase,
       CASE WHEN p.phase LIKE 'waiting%' THEN p.lockers_done WHEN p.phase LIKE '%tuples in tree' THEN p.tuples_done
            ELSE p.blocks_done END AS done,
       CASE WHEN p.phase LIKE 'waiting%' THEN p.lockers_total WHEN p.phase LIKE '%tuples in tree' THEN p.tuples_total
            ELSE p.blocks_total END AS total,
       CASE WHEN p.phase LIKE 'waiting%' THEN 'transactions' WHEN p.phase LIKE '%tuples in tree' THEN 'rows' ELSE 'blocks' END AS unit,
       CASE WHEN p.phase LIKE 'waiting%' THEN nullif(p.current_locker_pid, 0) END AS locker, p.partitions_done AS parts_done,
       p.partitions_total AS parts_total
FROM pg_stat_progress_create_index p
LEFT JOIN pg_class c ON c.oid = p.relid
LEFT JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_class i ON i.oid = nullif(p.index_relid, 0)
LEFT JOIN pg_namespace m ON m.oid = i.relnamespace
LEFT JOIN pg_stat_activity a ON a.pid = p.pid
WHERE p.datname = current_database()
ORDER BY p.pid
