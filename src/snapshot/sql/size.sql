-- Exact sizes of main forks. Each takes ACCESS SHARE for a moment, so relations that others have locked ($1) are left out, and only
-- the $2 largest are asked for: the others' relpages have to do.
-- fresh: it was made since the last checkpoint, as its first transaction tells (the system column tableoid's, which no ALTER touches; an
-- index's own), or its database was: then none of its pages needs an image in WAL.
SELECT c.oid AS relid, pg_relation_size(c.oid) AS bytes,
       [[pg_control_checkpoint.next_xid? CASE WHEN NOT pg_is_in_recovery() THEN
         age(coalesce((SELECT a.xmin FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum = -6), c.xmin)) BETWEEN 0 AND k.age
         OR (SELECT age(d.xmin) BETWEEN 0 AND k.age FROM pg_database d WHERE d.datname = current_database()) END : NULL::boolean]] AS fresh
FROM (SELECT oid, xmin FROM pg_class
      WHERE oid >= 16384 AND relkind IN ('r', 'm', 'i', 't') AND relpersistence <> 't' AND oid <> ALL ($1::oid[])
      ORDER BY relpages DESC, oid LIMIT $2::int) c
[[pg_control_checkpoint.next_xid? CROSS JOIN (SELECT age(split_part(next_xid, ':', 2)::xid) AS age FROM pg_control_checkpoint()) k : ]]
ORDER BY c.oid
