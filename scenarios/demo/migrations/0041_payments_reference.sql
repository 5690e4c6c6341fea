-- Looks bad to every linter: a type change, and SET NOT NULL on a table of 400,000 rows.
ALTER TABLE payments ALTER COLUMN reference TYPE varchar(255);
ALTER TABLE payments ALTER COLUMN provider SET NOT NULL;
