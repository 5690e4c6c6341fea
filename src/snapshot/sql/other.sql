-- Objects of which only the name and the owner are kept.
SELECT v.class, v.oid, v.what, v.name, v.schema, pg_get_userbyid(v.owner) AS owner
FROM (
  SELECT 'opfamily' AS class, oid, 'operator family' AS what, opfname AS name, opfnamespace AS schema, opfowner AS owner FROM pg_opfamily
  UNION ALL SELECT 'collation', oid, 'collation', collname, collnamespace, collowner FROM pg_collation
  UNION ALL SELECT 'other', oid, 'foreign-data wrapper', fdwname, 0, fdwowner FROM pg_foreign_data_wrapper
  UNION ALL SELECT 'other', oid, 'server', srvname, 0, srvowner FROM pg_foreign_server
  UNION ALL SELECT 'other', oid, 'language', lanname, 0, lanowner FROM pg_language
  UNION ALL SELECT 'other', oid, 'subscription', subname, 0, subowner FROM pg_subscription
  UNION ALL SELECT 'other', oid, 'conversion', conname, connamespace, conowner FROM pg_conversion
  UNION ALL SELECT 'other', oid, 'text search configuration', cfgname, cfgnamespace, cfgowner FROM pg_ts_config
  UNION ALL SELECT 'other', oid, 'text search dictionary', dictname, dictnamespace, dictowner FROM pg_ts_dict
  UNION ALL SELECT 'other', oid, 'access method', amname, 0, 10 FROM pg_am
) v
WHERE v.oid >= 16384
ORDER BY v.class, v.oid
