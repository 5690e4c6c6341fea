-- Event triggers: what runs at each DDL of the migration.
SELECT e.oid, e.evtname AS name, pg_get_userbyid(e.evtowner) AS owner, e.evtevent AS event, e.evtfoid AS funcid, e.evtenabled AS enabled, e.evttags AS tags
FROM pg_event_trigger e
ORDER BY e.oid
