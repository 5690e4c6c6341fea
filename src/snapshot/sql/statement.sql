-- Counters of pg_stat_statements, without texts, summed over roles.
SELECT s.queryid::text AS queryid, [[pg_stat_statements.toplevel? s.toplevel : true]] AS toplevel,
       sum(s.calls) AS calls, sum(s.rows) AS rows, sum(s.total_exec_time) AS total_ms, min(s.min_exec_time) AS min_ms, max(s.max_exec_time) AS max_ms,
       sum(s.total_exec_time) / greatest(sum(s.calls), 1) AS mean_ms,
       sqrt(greatest(sum(s.calls * (s.stddev_exec_time ^ 2 + s.mean_exec_time ^ 2)) / greatest(sum(s.calls), 1)
                     - (sum(s.total_exec_time) / greatest(sum(s.calls), 1)) ^ 2, 0)) AS stddev_ms,
       sum(s.plans) AS plan_calls, sum(s.total_plan_time) AS plan_ms,
       sum(s.shared_blks_read) AS blocks_read, sum(s.shared_blks_hit) AS blocks_hit, sum(s.shared_blks_dirtied) AS blocks_dirtied,
       sum(s.temp_blks_read + s.temp_blks_written) AS temp_blocks, sum(s.wal_bytes) AS wal_bytes,
       [[pg_stat_statements.stats_since? min(extract(epoch FROM s.stats_since)) * 1000 : NULL::float8]] AS since
FROM {{statements}}.pg_stat_statements(false) s
WHERE s.dbid = (SELECT oid FROM pg_database WHERE datname = current_database()) AND s.queryid IS NOT NULL
GROUP BY s.queryid, 2
ORDER BY s.queryid, 2
