-- By push the eUICC itself learns from its discovery service (SM-DS) that a profile waits for it.
ALTER TABLE orders DROP CONSTRAINT orders_delivery_type_check;
ALTER TABLE orders ADD CONSTRAINT orders_delivery_type_check CHECK (delivery_type IN ('email', 'api', 'push'));
ALTER TABLE deliveries DROP CONSTRAINT deliveries_type_check;
ALTER TABLE deliveries ADD CONSTRAINT deliveries_type_check CHECK (type IN ('email', 'api', 'push'));
ALTER TABLE deliveries ADD COLUMN eid text CHECK (eid ~ '^[0-9]{32}$');
ALTER TABLE deliveries ADD CONSTRAINT deliveries_by_push CHECK ((type = 'push') = (eid IS NOT NULL));
