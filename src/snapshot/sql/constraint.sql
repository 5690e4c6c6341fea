-- Constraints of tables and domains. Only CHECK and EXCLUDE are deparsed under a lock on their table. $1: as in relation.sql.
SELECT o.oid, o.conname AS name, o.connamespace AS schema, o.contype, o.conrelid, o.contypid, o.conindid, o.confrelid, o.conparentid,
       o.conkey, o.confkey, nullif(o.confupdtype, ' ') AS confupdtype, nullif(o.confdeltype, ' ') AS confdeltype,
       nullif(o.confmatchtype, ' ') AS confmatchtype, o.convalidated, [[pg_constraint.conenforced? o.conenforced : true]] AS conenforced,
       o.connoinherit, o.condeferrable, o.condeferred, o.conislocal, [[pg_constraint.conperiod? o.conperiod : false]] AS conperiod, o.coninhcount,
       CASE WHEN o.conbin IS NOT NULL AND o.conrelid <> ALL ($1::oid[]) THEN pg_get_expr(o.conbin, o.conrelid) END AS expr,
       CASE WHEN o.conrelid <> ALL ($1::oid[]) THEN pg_get_constraintdef(o.oid) END AS def,
       EXISTS (SELECT FROM pg_description s WHERE s.objoid = o.oid AND s.classoid = 'pg_constraint'::regclass) AS commented
FROM pg_constraint o
WHERE o.oid >= 16384
ORDER BY o.oid
