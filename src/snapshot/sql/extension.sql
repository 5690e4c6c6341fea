-- Extensions.
SELECT e.oid, e.extname AS name, e.extnamespace AS schema, pg_get_userbyid(e.extowner) AS owner, e.extversion AS version
FROM pg_extension e
ORDER BY e.oid
