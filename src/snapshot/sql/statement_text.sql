-- Texts of some statements. $1: their queryids.
SELECT s.queryid::text AS queryid, min(s.query) AS query
FROM {{statements}}.pg_stat_statements(true) s
WHERE s.dbid = (SELECT oid FROM pg_database WHERE datname = current_database()) AND s.queryid = ANY ($1::bigint[])
GROUP BY s.queryid
