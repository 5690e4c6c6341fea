-- Relations that a lock request of ours would wait for: ACCESS EXCLUSIVE is held or asked for.
SELECT l.relation, n.nspname, c.relname, c.relkind
FROM pg_locks l
LEFT JOIN pg_class c ON c.oid = l.relation
LEFT JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE l.locktype = 'relation' AND l.mode = 'AccessExclusiveLock' AND l.pid IS DISTINCT FROM pg_backend_pid()
  AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database()) AND l.relation >= 16384
GROUP BY 1, 2, 3, 4
ORDER BY 1
