-- Members of publications that have a column list or a row filter. $1: as in relation.sql.
SELECT r.oid, r.prpubid AS pubid, r.prrelid AS relid, [[pg_publication_rel.prattrs? r.prattrs : NULL]] AS columns,
       [[pg_publication_rel.prqual? CASE WHEN r.prrelid <> ALL ($1::oid[]) THEN pg_get_expr(r.prqual, r.prrelid) END : NULL]] AS qual
FROM pg_publication_rel r
WHERE [[pg_publication_rel.prattrs? r.prattrs IS NOT NULL OR r.prqual IS NOT NULL : false AND $1::oid[] IS NOT NULL]]
ORDER BY r.oid
