-- One look at the relation locks of this database, and at who waits for a transaction's end. Locks without a pid are of prepared transactions:
-- these have the virtual transaction of the session that prepared them, and a lock on their own transactionid (MarkAsPreparing, twophase.c).
WITH l AS MATERIALIZED (SELECT * FROM pg_locks),
     prepared AS (SELECT virtualtransaction, min(transactionid::text) AS xid FROM l
                  WHERE pid IS NULL AND locktype = 'transactionid' AND granted GROUP BY virtualtransaction)
SELECT l.pid, l.locktype, l.relation AS relid, n.nspname AS schema, c.relname AS name, c.relkind, l.mode, l.granted,
       [[pg_locks.waitstart? extract(epoch FROM clock_timestamp() - l.waitstart) * 1000 : NULL::float8]] AS waiting_ms, p.xid
FROM l
LEFT JOIN pg_class c ON l.locktype = 'relation' AND c.oid = l.relation
LEFT JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN prepared p ON l.pid IS NULL AND p.virtualtransaction = l.virtualtransaction
WHERE l.locktype = 'relation' AND l.relation >= 16384 AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
   OR l.locktype IN ('transactionid', 'tuple') AND NOT l.granted
ORDER BY l.pid, l.relation, l.mode COLLATE "C", l.granted
