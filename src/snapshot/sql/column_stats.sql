-- Column statistics, for roles that may read pg_statistic. From ($1, $2) on. Values of columns are never read.
SELECT DISTINCT ON (s.starelid, s.staattnum) s.starelid AS relid, s.staattnum AS attnum, s.stanullfrac AS null_frac, s.stawidth AS avg_width,
       s.stadistinct AS n_distinct,
       CASE 3 WHEN s.stakind1 THEN s.stanumbers1[1] WHEN s.stakind2 THEN s.stanumbers2[1] WHEN s.stakind3 THEN s.stanumbers3[1]
              WHEN s.stakind4 THEN s.stanumbers4[1] WHEN s.stakind5 THEN s.stanumbers5[1] END AS correlation,
       e.counts[array_upper(e.counts, 1)] AS elem_count,
       (SELECT sum(f) FROM unnest(e.freqs[:array_upper(e.freqs, 1) - CASE WHEN e.counts IS NULL THEN 2 ELSE 3 END]) f) AS elem_covered,
       array_upper(e.freqs, 1) - CASE WHEN e.counts IS NULL THEN 2 ELSE 3 END AS elem_kinds,
       e.freqs[array_upper(e.freqs, 1) - CASE WHEN e.counts IS NULL THEN 1 ELSE 2 END] AS elem_least
FROM pg_statistic s
CROSS JOIN LATERAL (
  SELECT CASE 5 WHEN s.stakind1 THEN s.stanumbers1 WHEN s.stakind2 THEN s.stanumbers2 WHEN s.stakind3 THEN s.stanumbers3
                WHEN s.stakind4 THEN s.stanumbers4 WHEN s.stakind5 THEN s.stanumbers5 END AS counts,
         CASE 4 WHEN s.stakind1 THEN s.stanumbers1 WHEN s.stakind2 THEN s.stanumbers2 WHEN s.stakind3 THEN s.stanumbers3
                WHEN s.stakind4 THEN s.stanumbers4 WHEN s.stakind5 THEN s.stanumbers5 END AS freqs) e
WHERE s.starelid >= 16384 AND (s.starelid, s.staattnum) > ($1::oid, $2::int2)
ORDER BY s.starelid, s.staattnum, s.stainherit
LIMIT 100000
