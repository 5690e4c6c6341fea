\set customer random(1, 50000)
INSERT INTO events (customer_id, kind, at, detail) VALUES (:customer, 'view', now(), '{"page": 1}');
