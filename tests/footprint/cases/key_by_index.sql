-- ADD ... USING INDEX on a parent: its children are locked although nothing is done to them, since 18.
CREATE TABLE par (id int NOT NULL, k int);
CREATE TABLE kid () INHERITS (par);
CREATE UNIQUE INDEX par_id ON par (id);
CREATE UNIQUE INDEX par_k ON par (k);

-- case: key
-- target:
ALTER TABLE par ADD PRIMARY KEY USING INDEX par_id;
-- case: unique
-- target:
ALTER TABLE par ADD UNIQUE USING INDEX par_k;
-- case: key-alone
-- target:
ALTER TABLE ONLY par ADD PRIMARY KEY USING INDEX par_id;
-- case: key-of-a-nullable-column
-- target:
ALTER TABLE par ADD PRIMARY KEY USING INDEX par_k;
