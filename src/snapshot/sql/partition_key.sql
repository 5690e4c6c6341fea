-- Partition keys. $1: as in relation.sql.
SELECT p.partrelid AS relid, p.partstrat AS strategy, p.partnatts AS natts, p.partattrs AS keys, p.partclass AS opclasses,
       CASE WHEN p.partexprs IS NOT NULL AND p.partrelid <> ALL ($1::oid[]) THEN pg_get_expr(p.partexprs, p.partrelid) END AS exprs
FROM pg_partitioned_table p
WHERE p.partrelid >= 16384
ORDER BY p.partrelid
