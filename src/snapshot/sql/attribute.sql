-- Columns of tables, views, foreign tables and composite types, from ($2, $3) on, so that no statement runs for long. $1: as in relation.sql.
SELECT a.attrelid AS relid, a.attnum, a.attname AS name, a.atttypid AS type, a.atttypmod AS typmod,
       CASE WHEN a.attcollation <> 0 AND a.attcollation <> t.typcollation THEN (SELECT collname FROM pg_collation WHERE oid = a.attcollation) END
         AS collation,
       a.attisdropped AS isdropped, a.attnotnull AS notnull, a.atthasmissing AS hasmissing, a.attislocal AS islocal, a.attinhcount AS inhcount,
       nullif(a.attidentity, '') AS identity, nullif(a.attgenerated, '') AS generated, a.attstorage AS storage,
       [[pg_attribute.attcompression? nullif(a.attcompression, '') : NULL]] AS compression,
       CASE WHEN d.adbin IS NOT NULL AND a.attrelid <> ALL ($1::oid[]) THEN pg_get_expr(d.adbin, d.adrelid) END AS def, a.attoptions AS options
FROM pg_attribute a
JOIN pg_class c ON c.oid = a.attrelid
LEFT JOIN pg_type t ON t.oid = a.atttypid
LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum AND a.atthasdef
WHERE (a.attrelid, a.attnum) > ($2::oid, $3::int2) AND a.attrelid >= 16384 AND a.attnum > 0 AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'c') AND c.relpersistence <> 't'
ORDER BY a.attrelid, a.attnum
LIMIT 100000
