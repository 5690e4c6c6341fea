-- One look at the relation locks of this database, and at who waits for a transaction's end.
SELECT l.pid, l.locktype, l.relation AS relid, n.nspname AS schema, c.relname AS name, c.relkind, l.mode, l.granted,
       [[pg_locks.waitstart? extract(epoch FROM clock_timestamp() - l.waitstart) * 1000 : NULL::float8]] AS waiting_ms,
       CASE WHEN l.pid IS NULL THEN split_part(l.virtualtransaction, '/', 2) END AS xid
FROM pg_locks l
LEFT JOIN pg_class c ON l.locktype = 'relation' AND c.oid = l.relation
LEFT JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE l.locktype = 'relation' AND l.relation >= 16384 AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
   OR l.locktype IN ('transactionid', 'tuple') AND NOT l.granted
ORDER BY l.pid, l.relation, l.mode COLLATE "C", l.granted
