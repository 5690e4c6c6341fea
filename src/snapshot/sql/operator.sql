-- Operators made by users and extensions.
SELECT o.oid, o.oprname AS name, o.oprnamespace AS schema, pg_get_userbyid(o.oprowner) AS owner, o.oprleft AS left, o.oprright AS right,
       o.oprresult AS result, o.oprcode::oid AS proc, o.oprcom AS commutator, o.oprnegate AS negator
FROM pg_operator o
WHERE o.oid >= 16384
ORDER BY o.oid
