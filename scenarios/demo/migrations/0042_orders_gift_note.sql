-- Looks harmless: a nullable column without a default touches no row.
ALTER TABLE orders ADD COLUMN gift_note text;
