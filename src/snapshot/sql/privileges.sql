-- What this role may see.
SELECT pg_has_role(current_user, 'pg_read_all_stats', 'USAGE') AS stats,
       has_table_privilege('pg_statistic', 'SELECT') AS statistic,
       (SELECT n.nspname FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = 'pg_stat_statements') AS statements_schema,
       (SELECT count(*) FROM pg_available_extensions WHERE name = 'pg_stat_statements') AS statements_available,
       (SELECT has_schema_privilege(n.oid, 'USAGE') FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace
         WHERE e.extname = 'pg_stat_statements') AS statements_usage
