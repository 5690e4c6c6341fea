\set id random(1, 700000)
UPDATE orders SET status = 'sent' WHERE id = :id;
