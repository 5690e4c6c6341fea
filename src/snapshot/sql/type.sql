-- Types: enums with their labels, domains, ranges, base types. Row types and array types follow from their relations and elements.
WITH enum AS (SELECT enumtypid, array_agg(enumlabel ORDER BY enumsortorder) AS labels FROM pg_enum GROUP BY enumtypid)
SELECT t.oid, t.typname AS name, t.typnamespace AS schema, pg_get_userbyid(t.typowner) AS owner, t.typtype, t.typcategory AS category,
       t.typispreferred AS preferred, t.typnotnull AS notnull, t.typbyval AS byval, t.typlen AS len, t.typalign AS align, t.typstorage AS storage,
       t.typbasetype AS basetype, t.typtypmod, t.typelem AS elem, t.typarray AS array, coalesce(r.rngsubtype, 0) AS rngsubtype,
       [[pg_range.rngmultitypid? coalesce(r.rngmultitypid, 0) : 0]] AS multirange,
       CASE WHEN t.typcollation NOT IN (0, 100) THEN (SELECT collname FROM pg_collation WHERE oid = t.typcollation) END AS collation,
       CASE WHEN t.typdefaultbin IS NOT NULL THEN pg_get_expr(t.typdefaultbin, 0) END AS def, e.labels
FROM pg_type t
LEFT JOIN enum e ON e.enumtypid = t.oid
LEFT JOIN pg_range r ON r.rngtypid = t.oid
WHERE t.oid >= 16384 AND t.typrelid = 0 AND NOT EXISTS (SELECT 1 FROM pg_type el WHERE el.oid = t.typelem AND el.typarray = t.oid)
ORDER BY t.oid
