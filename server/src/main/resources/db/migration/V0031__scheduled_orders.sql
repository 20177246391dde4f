-- When an order is to start, where that is not at once; and whether it still waits for that.
ALTER TABLE orders
    ADD COLUMN requested_at timestamptz,
    ADD COLUMN scheduled boolean NOT NULL DEFAULT false;
ALTER TABLE orders ADD CONSTRAINT scheduled_for_a_time CHECK (NOT scheduled OR requested_at IS NOT NULL);

-- An order that waits for its time is not in flight: it holds up no other.
DROP INDEX one_order_in_flight;
CREATE UNIQUE INDEX one_order_in_flight ON orders (organization_id, subscription_id)
    WHERE status = 'pending' AND NOT scheduled;
