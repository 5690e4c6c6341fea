\set customer random(1, 50000)
\set sku random(1, 9000)
BEGIN;
INSERT INTO orders (customer_id, total) VALUES (:customer, 49.90) RETURNING id AS order_id \gset
INSERT INTO order_items (order_id, sku, quantity, price) VALUES (:order_id, 'sku-' || :sku, 1, 49.90);
INSERT INTO payments (order_id, provider, reference, amount) VALUES (:order_id, 'card', md5(random()::text), 49.90);
COMMIT;
