-- Triggers: of the internal ones of foreign keys only those that are switched off or always on, but the copies on partitions, which 13 and 14 call
-- internal too. $1: as in relation.sql.
SELECT t.oid, t.tgname AS name, t.tgrelid AS relid, t.tgfoid AS funcid, t.tgconstraint AS constraint, CASE WHEN t.tgfoid BETWEEN 1644 AND 1655 THEN 0 ELSE t.tgparentid END AS parent,
       t.tgconstrrelid AS constrrelid, t.tgtype AS type, t.tgenabled AS enabled, t.tgdeferrable AS deferrable, t.tginitdeferred AS initdeferred,
       t.tgattr AS columns, CASE WHEN t.tgfoid NOT BETWEEN 1644 AND 1655 AND t.tgrelid <> ALL ($1::oid[]) THEN pg_get_triggerdef(t.oid) END AS def
FROM pg_trigger t
WHERE t.oid >= 16384 AND (NOT t.tgisinternal OR t.tgparentid <> 0 AND t.tgconstraint = 0 OR t.tgfoid BETWEEN 1644 AND 1655 AND t.tgenabled <> 'O')
ORDER BY t.oid
