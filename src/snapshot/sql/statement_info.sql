-- Since when pg_stat_statements counts, how many entries it had to drop, and how many this role may not see.
SELECT [[pg_stat_statements_info.stats_reset? (SELECT extract(epoch FROM stats_reset) * 1000 FROM {{statements}}.pg_stat_statements_info) : NULL::float8]] AS since,
       [[pg_stat_statements_info.dealloc? (SELECT dealloc FROM {{statements}}.pg_stat_statements_info) : NULL::bigint]] AS dealloc,
       (SELECT count(*) FROM {{statements}}.pg_stat_statements(false) WHERE queryid IS NULL) AS hidden
