-- Column statistics as pg_stats shows them: only of columns that this role may read. From ($1, $2) on.
SELECT DISTINCT ON (c.oid, a.attnum) c.oid AS relid, a.attnum, s.null_frac, s.avg_width, s.n_distinct, s.correlation,
       s.elem_count_histogram[array_upper(s.elem_count_histogram, 1)] AS elem_count,
       (SELECT sum(f) FROM unnest(s.most_common_elem_freqs[:array_upper(s.most_common_elem_freqs, 1)
          - CASE WHEN s.elem_count_histogram IS NULL THEN 2 ELSE 3 END]) f) AS elem_covered,
       array_upper(s.most_common_elem_freqs, 1) - CASE WHEN s.elem_count_histogram IS NULL THEN 2 ELSE 3 END AS elem_kinds,
       s.most_common_elem_freqs[array_upper(s.most_common_elem_freqs, 1) - CASE WHEN s.elem_count_histogram IS NULL THEN 1 ELSE 2 END] AS elem_least
FROM pg_stats s
JOIN pg_namespace n ON n.nspname = s.schemaname
JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = s.tablename
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = s.attname
WHERE c.oid >= 16384 AND (c.oid, a.attnum) > ($1::oid, $2::int2)
ORDER BY c.oid, a.attnum, s.inherited
LIMIT 100000
