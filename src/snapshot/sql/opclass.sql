-- Operator classes made by users and extensions.
SELECT o.oid, o.opcname AS name, o.opcnamespace AS schema, pg_get_userbyid(o.opcowner) AS owner, a.amname AS am, o.opcfamily AS family,
       o.opcintype AS intype, o.opckeytype AS keytype, o.opcdefault AS isdefault
FROM pg_opclass o
JOIN pg_am a ON a.oid = o.opcmethod
WHERE o.oid >= 16384
ORDER BY o.oid
