-- Exact sizes of main forks. Each takes ACCESS SHARE for a moment, so relations that others have locked ($1) are left out, and only
-- the $2 largest are asked for: the others' relpages have to do.
SELECT c.oid AS relid, pg_relation_size(c.oid) AS bytes
FROM (SELECT oid FROM pg_class
      WHERE oid >= 16384 AND relkind IN ('r', 'm', 'i', 't') AND relpersistence <> 't' AND oid <> ALL ($1::oid[])
      ORDER BY relpages DESC, oid LIMIT $2::int) c
ORDER BY c.oid
