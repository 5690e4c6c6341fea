\set id random(1, 700000)
\set customer random(1, 50000)
SELECT id, status, total, created_at FROM orders WHERE id = :id;
SELECT name, email FROM customers WHERE id = :customer;
