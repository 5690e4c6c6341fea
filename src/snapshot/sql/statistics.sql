-- Extended statistics.
SELECT s.oid, s.stxname AS name, s.stxnamespace AS schema, pg_get_userbyid(s.stxowner) AS owner, s.stxrelid AS relid,
       s.stxkeys::text || [[pg_statistic_ext.stxexprs? coalesce(repeat(' 0', array_length(pg_get_statisticsobjdef_expressions(s.oid), 1)), '') : '']] AS columns
FROM pg_statistic_ext s
WHERE s.oid >= 16384
ORDER BY s.oid
