-- Which columns the server's views really have: [[table.column? then : else]] in the other files is decided by this, not by a version.
-- $1: the schema of pg_stat_statements, if it is installed.
SELECT c.relname || '.' || a.attname
FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_attribute a ON a.attrelid = c.oid
WHERE a.attnum > 0 AND NOT a.attisdropped
  AND (n.nspname = 'pg_catalog' AND c.relname = ANY (ARRAY['pg_attribute', 'pg_class', 'pg_index', 'pg_constraint', 'pg_inherits', 'pg_proc', 'pg_range',
         'pg_publication', 'pg_publication_rel', 'pg_publication_namespace', 'pg_statistic_ext',
         'pg_stat_database', 'pg_stat_activity', 'pg_locks', 'pg_stat_user_tables', 'pg_stat_progress_vacuum'])
       OR n.nspname = $1 AND c.relname IN ('pg_stat_statements', 'pg_stat_statements_info'))
UNION ALL
SELECT 'pg_control_checkpoint.next_xid'
WHERE has_function_privilege('pg_catalog.pg_control_checkpoint()', 'execute')
