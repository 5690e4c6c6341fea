-- Extended statistics.
SELECT s.oid, s.stxname AS name, s.stxnamespace AS schema, pg_get_userbyid(s.stxowner) AS owner, s.stxrelid AS relid, s.stxkeys AS columns
FROM pg_statistic_ext s
WHERE s.oid >= 16384
ORDER BY s.oid
