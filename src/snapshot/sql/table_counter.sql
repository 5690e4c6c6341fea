-- Counters of tables and materialized views.
SELECT t.relid, t.schemaname AS schema, t.relname AS name, t.n_tup_ins, t.n_tup_upd, t.n_tup_hot_upd, t.n_tup_del, t.seq_scan, t.seq_tup_read,
       t.idx_scan, t.idx_tup_fetch, t.n_live_tup, t.n_dead_tup, extract(epoch FROM t.last_vacuum) * 1000 AS last_vacuum,
       extract(epoch FROM t.last_autovacuum) * 1000 AS last_autovacuum, extract(epoch FROM t.last_analyze) * 1000 AS last_analyze,
       extract(epoch FROM t.last_autoanalyze) * 1000 AS last_autoanalyze, pg_stat_get_blocks_fetched(t.relid) AS blocks_fetched,
       pg_stat_get_blocks_hit(t.relid) AS blocks_hit
FROM pg_stat_user_tables t
WHERE t.relid >= 16384
ORDER BY t.relid
