-- Casts, operator classes and families, access methods that the migration itself makes.
CREATE TABLE item (a int, b text);
CREATE FUNCTION seeded(int, int8) RETURNS int8 LANGUAGE sql IMMUTABLE STRICT AS 'SELECT $1::int8 + $2';
CREATE OPERATOR CLASS plain_ops FOR TYPE int USING btree AS OPERATOR 1 <, OPERATOR 2 <=, OPERATOR 3 =, OPERATOR 4 >=, OPERATOR 5 >, FUNCTION 1 btint4cmp(int, int);
CREATE OPERATOR CLASS seeded_ops FOR TYPE int USING hash AS OPERATOR 1 =, FUNCTION 2 seeded(int, int8);
CREATE INDEX item_plain ON item (a plain_ops);
CREATE TABLE hashed (a int, b text) PARTITION BY HASH (a seeded_ops);
CREATE TABLE hashed_0 PARTITION OF hashed FOR VALUES WITH (MODULUS 2, REMAINDER 0); CREATE TABLE hashed_1 PARTITION OF hashed FOR VALUES WITH (MODULUS 2, REMAINDER 1);
CREATE ACCESS METHOD gist2 TYPE INDEX HANDLER gisthandler;
CREATE TABLE place (p point, b box);
CREATE TYPE span AS RANGE (subtype = text, collation = "C");
CREATE TYPE mine;
CREATE FUNCTION mine_in(cstring) RETURNS mine STRICT IMMUTABLE LANGUAGE internal AS 'int4in';
CREATE FUNCTION mine_out(mine) RETURNS cstring STRICT IMMUTABLE LANGUAGE internal AS 'int4out';
CREATE TYPE mine (INPUT = mine_in, OUTPUT = mine_out, LIKE = int4);
CREATE CAST (int AS mine) WITHOUT FUNCTION;
CREATE TABLE own (m mine);
-- case: cast-of-the-run
-- target:
INSERT INTO own VALUES (1::mine)
-- case: cast-that-is-not-there
-- target:
INSERT INTO own VALUES (1::int8::mine)
-- case: cast-twice
-- target:
CREATE CAST (int AS mine) WITH INOUT
-- case: range-to-multirange (versions: 14-18)
-- target:
CREATE TABLE spans AS SELECT span('a', 'c')::span_multirange
-- case: cast-to-two-types
-- target:
CREATE TABLE cast_twice AS SELECT 'pg_class'::regclass, 'pg_class'::regclass::oid
-- case: type-change-by-cast
CREATE TABLE plain (m int);
-- target:
ALTER TABLE plain ALTER m TYPE mine
-- case: hash-by-own-class
-- target:
INSERT INTO hashed VALUES (1, 'x')
-- case: drop-class
-- target:
DROP OPERATOR CLASS plain_ops USING btree
-- case: drop-class-cascade
-- target:
DROP OPERATOR CLASS plain_ops USING btree CASCADE
-- case: drop-class-of-other-method
-- target:
DROP OPERATOR CLASS plain_ops USING hash
-- case: drop-family-cascade
-- target:
DROP OPERATOR FAMILY plain_ops USING btree CASCADE
-- case: class-twice
-- target:
CREATE OPERATOR CLASS plain_ops FOR TYPE int8 USING btree AS STORAGE int8
-- case: class-of-no-method
-- target:
CREATE OPERATOR CLASS other_ops FOR TYPE int USING nothing AS STORAGE int
-- case: second-default-class
-- target:
CREATE OPERATOR CLASS other_ops DEFAULT FOR TYPE int USING btree AS FUNCTION 1 btint4cmp(int, int)
-- case: rename-class
CREATE OPERATOR CLASS other_ops FOR TYPE int8 USING btree AS FUNCTION 1 btint8cmp(int8, int8);
-- target:
ALTER OPERATOR CLASS other_ops USING btree RENAME TO plain_ops
-- case: rename-function
CREATE FUNCTION other(int, int8) RETURNS int8 LANGUAGE sql AS 'SELECT $2';
-- target:
ALTER FUNCTION other(int, int8) RENAME TO seeded
-- case: index-without-class
-- target:
CREATE INDEX ON place USING gist2 (p)
-- case: index-of-class
CREATE OPERATOR CLASS boxes DEFAULT FOR TYPE box USING gist2 AS OPERATOR 1 <<, FUNCTION 1 gist_box_consistent(internal, box, smallint, oid, internal),
    FUNCTION 2 gist_box_union(internal, internal), FUNCTION 5 gist_box_penalty(internal, internal, internal), FUNCTION 6 gist_box_picksplit(internal, internal),
    FUNCTION 7 gist_box_same(box, box, internal);
-- target:
CREATE INDEX ON place USING gist2 (b)
-- case: drop-method
CREATE OPERATOR CLASS boxes DEFAULT FOR TYPE box USING gist2 AS OPERATOR 1 <<, FUNCTION 1 gist_box_consistent(internal, box, smallint, oid, internal),
    FUNCTION 2 gist_box_union(internal, internal), FUNCTION 5 gist_box_penalty(internal, internal, internal), FUNCTION 6 gist_box_picksplit(internal, internal),
    FUNCTION 7 gist_box_same(box, box, internal);
CREATE INDEX place_b ON place USING gist2 (b);
-- target:
DROP ACCESS METHOD gist2 CASCADE
-- case: drop-operator-of-class
CREATE FUNCTION same(mine, mine) RETURNS bool LANGUAGE sql AS 'SELECT true';
CREATE OPERATOR === (FUNCTION = same, LEFTARG = mine, RIGHTARG = mine);
CREATE OPERATOR CLASS mine_ops FOR TYPE mine USING hash AS OPERATOR 1 ===;
CREATE INDEX own_m ON own USING hash (m mine_ops);
-- target:
DROP OPERATOR === (mine, mine) CASCADE
