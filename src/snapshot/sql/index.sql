-- Indexes. Those of constraints are defined by these. $1: as in relation.sql.
SELECT i.indexrelid AS oid, i.indrelid AS relid, i.indnkeyatts AS nkeyatts, i.indnatts AS natts, i.indkey AS keys, i.indclass AS opclasses,
       CASE WHEN i.indcollation::text !~ '^(0|100)( (0|100))*$' THEN
         ARRAY(SELECT l.collname FROM unnest(i.indcollation::oid[]) WITH ORDINALITY u(oid, n) LEFT JOIN pg_collation l ON l.oid = u.oid
               ORDER BY u.n) END AS collations,
       i.indoption,
       CASE WHEN i.indexprs IS NOT NULL AND i.indrelid <> ALL ($1::oid[]) THEN pg_get_expr(i.indexprs, i.indrelid) END AS exprs,
       CASE WHEN i.indpred IS NOT NULL AND i.indrelid <> ALL ($1::oid[]) THEN pg_get_expr(i.indpred, i.indrelid) END AS predicate,
       CASE WHEN c.relkind <> 't' AND o.oid IS NULL AND i.indrelid <> ALL ($1::oid[]) AND i.indexrelid <> ALL ($1::oid[]) THEN pg_get_indexdef(i.indexrelid) END AS def,
       i.indisunique AS unique, i.indisprimary AS primary, i.indisexclusion AS exclusion, i.indimmediate AS immediate,
       i.indisclustered AS clustered, i.indisvalid AS valid, i.indisready AS ready, i.indislive AS live, i.indisreplident AS replident,
       [[pg_index.indnullsnotdistinct? i.indnullsnotdistinct : false]] AS nulls_not_distinct
FROM pg_index i
JOIN pg_class c ON c.oid = i.indrelid
LEFT JOIN (SELECT conindid AS oid FROM pg_constraint WHERE contype IN ('p', 'u', 'x') GROUP BY 1) o ON o.oid = i.indexrelid
WHERE i.indexrelid >= 16384 AND c.relpersistence <> 't'
ORDER BY i.indexrelid
