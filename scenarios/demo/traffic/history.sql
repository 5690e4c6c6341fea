\set customer random(1, 50000)
SELECT o.id, o.total, i.sku, i.quantity FROM orders o JOIN order_items i ON i.order_id = o.id WHERE o.customer_id = :customer;
