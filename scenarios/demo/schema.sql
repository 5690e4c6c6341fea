-- The sample shop, about 300 MB, loaded in well under a minute: indexes and foreign keys come after the rows.
CREATE EXTENSION IF NOT EXISTS pg_stat_statements;

CREATE TABLE customers (
    id int PRIMARY KEY,
    email text NOT NULL,
    name text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE orders (
    id bigserial PRIMARY KEY,
    customer_id int NOT NULL,
    status text NOT NULL DEFAULT 'new',
    total numeric(12, 2) NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE order_items (
    id serial PRIMARY KEY,
    order_id bigint NOT NULL,
    sku text NOT NULL,
    quantity int NOT NULL,
    price numeric(10, 2) NOT NULL
);
CREATE TABLE payments (
    id bigserial PRIMARY KEY,
    order_id bigint NOT NULL,
    provider text,
    reference varchar(40) NOT NULL,
    amount numeric(12, 2) NOT NULL,
    CONSTRAINT payments_provider_present CHECK (provider IS NOT NULL)
);
CREATE TABLE events (
    customer_id int NOT NULL,
    kind text NOT NULL,
    at timestamptz NOT NULL,
    detail jsonb
) PARTITION BY RANGE (at);
CREATE TABLE events_2026_09 PARTITION OF events FOR VALUES FROM ('2026-09-01') TO ('2026-10-01');
CREATE TABLE events_2026_10 PARTITION OF events FOR VALUES FROM ('2026-10-01') TO ('2026-11-01');
CREATE TABLE events_2026_11 PARTITION OF events FOR VALUES FROM ('2026-11-01') TO ('2026-12-01');
CREATE TABLE events_default PARTITION OF events DEFAULT;

INSERT INTO customers
SELECT g, 'customer' || g || '@example.com', 'Customer ' || g, timestamptz '2025-01-01' + g * interval '5 minutes'
FROM generate_series(1, 50000) g;
INSERT INTO orders (customer_id, status, total, created_at)
SELECT 1 + g::bigint * 7919 % 50000, (ARRAY['new', 'paid', 'sent', 'done'])[1 + g % 4], g % 20000 / 7.0,
       timestamptz '2025-06-01' + g * interval '40 seconds'
FROM generate_series(1, 700000) g;
INSERT INTO order_items (order_id, sku, quantity, price)
SELECT 1 + g / 2, 'sku-' || g * 31 % 9000, 1 + g % 5, g % 3000 / 9.0
FROM generate_series(1, 1399998) g;
INSERT INTO payments (order_id, provider, reference, amount)
SELECT g, (ARRAY['card', 'transfer', 'wallet'])[1 + g % 3], md5(g::text), g % 20000 / 7.0
FROM generate_series(1, 400000) g;
INSERT INTO events
SELECT 1 + g % 50000, (ARRAY['view', 'click', 'search'])[1 + g % 3], timestamptz '2026-09-01' + g * interval '25 seconds',
       jsonb_build_object('page', g % 700)
FROM generate_series(1, 300000) g;

CREATE INDEX orders_customer_id ON orders (customer_id);
CREATE INDEX order_items_order_id ON order_items (order_id);
CREATE INDEX payments_order_id ON payments (order_id);
CREATE INDEX events_customer_id ON events (customer_id, at);
ALTER TABLE orders ADD FOREIGN KEY (customer_id) REFERENCES customers;
ALTER TABLE order_items ADD FOREIGN KEY (order_id) REFERENCES orders;
ALTER TABLE payments ADD FOREIGN KEY (order_id) REFERENCES orders;
VACUUM ANALYZE;
