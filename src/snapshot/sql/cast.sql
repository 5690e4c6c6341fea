-- Casts made by users and extensions.
SELECT c.oid, c.castsource AS source, c.casttarget AS target, c.castfunc AS func, c.castcontext AS context, c.castmethod AS method
FROM pg_cast c
WHERE c.oid >= 16384
ORDER BY c.oid
