-- Publications and what is in them.
SELECT p.oid, p.pubname AS name, pg_get_userbyid(p.pubowner) AS owner, p.puballtables AS alltables,
       ARRAY(SELECT r.prrelid FROM pg_publication_rel r WHERE r.prpubid = p.oid ORDER BY 1) AS relations,
       [[pg_publication_namespace.pnnspid? ARRAY(SELECT s.pnnspid FROM pg_publication_namespace s WHERE s.pnpubid = p.oid ORDER BY 1) : NULL]] AS schemas,
       p.pubupdate AS publishes_update, p.pubdelete AS publishes_delete, p.pubviaroot AS viaroot,
       [[pg_publication.pubgencols? p.pubgencols = 's' : false]] AS generated
FROM pg_publication p
ORDER BY p.oid
