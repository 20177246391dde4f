ALTER TABLE orders DROP CONSTRAINT orders_type_check;
ALTER TABLE orders ADD CONSTRAINT orders_type_check CHECK (type IN ('activate_subscription', 'change_sim_profile',
    'suspend_subscription', 'resume_subscription', 'terminate_subscription', 'change_products'));

-- Which steps there are is told by the table of steps in the code, which grows.
ALTER TABLE order_work DROP CONSTRAINT order_work_step_check;
-- The line that the order is about; whom the step speaks to; whether it is taken back.
ALTER TABLE order_work
    ADD COLUMN subscription_id uuid,
    ADD COLUMN neighbour text NOT NULL DEFAULT 'none' CHECK (neighbour IN ('none', 'smdp', 'hlr', 'mail')),
    ADD COLUMN undoing boolean NOT NULL DEFAULT false;
UPDATE order_work w SET subscription_id = o.subscription_id
FROM orders o WHERE o.organization_id = w.organization_id AND o.id = w.order_id;
-- Lines are made known to the HLR from now on, before their profile is released.
UPDATE order_work SET step = 'provision', attempt = 0, in_doubt = false WHERE step = 'confirm_order';
UPDATE order_work SET step = 'download_order', undoing = true WHERE step = 'cancel_order';
UPDATE order_work SET neighbour = CASE step WHEN 'reserve' THEN 'none' WHEN 'provision' THEN 'hlr'
    WHEN 'deliver' THEN 'mail' ELSE 'smdp' END;
ALTER TABLE order_work ALTER COLUMN subscription_id SET NOT NULL;

-- Each neighbour's work is leased by itself, so that one that is slow or away holds up no other's.
DROP INDEX due_order_work;
CREATE INDEX due_order_work ON order_work (neighbour, due_at);
-- What is taken back on a line goes before what was ordered for it since.
CREATE INDEX undoing_order_work ON order_work (organization_id, subscription_id) WHERE undoing;
