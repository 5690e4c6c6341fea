-- Prepared transactions. Their names are not kept.
SELECT p.transaction::text AS xid, extract(epoch FROM clock_timestamp() - p.prepared) * 1000 AS age_ms, p.database = current_database() AS this_database
FROM pg_prepared_xacts p
ORDER BY p.prepared, p.transaction::text
