-- Inheritance and partitions, of tables and of their indexes.
SELECT i.inhrelid AS child, i.inhparent AS parent, i.inhseqno AS seqno, [[pg_inherits.inhdetachpending? i.inhdetachpending : false]] AS detach_pending
FROM pg_inherits i
ORDER BY i.inhrelid, i.inhseqno
