-- The locks that sessions of this database wait for. waitstart came with 14.
SELECT l.pid, l.mode, CASE WHEN l.locktype = 'relation' AND c.relname IS NOT NULL THEN format('%I.%I', n.nspname, c.relname) END AS relation, l.locktype,
       round(extract(epoch FROM clock_timestamp() - (to_jsonb(l) ->> 'waitstart')::timestamptz) * 1000) AS waits_ms
FROM pg_locks l
LEFT JOIN pg_class c ON c.oid = l.relation AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
LEFT JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE NOT l.granted AND l.pid <> pg_backend_pid()
ORDER BY l.pid
LIMIT 2000
