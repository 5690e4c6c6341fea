-- The key is running out of numbers.
ALTER TABLE order_items ALTER COLUMN id TYPE bigint;
