ALTER TABLE orders
    -- Of an order that changes products: {"add": ["…"], "remove": ["…"], "services": [{"type": "…", "enabled": true}],
    -- "at_hlr": true}, with the plan that another one replaces among what is removed.
    ADD COLUMN changes jsonb,
    -- Of an order that changes the SIM: the profile that the new one takes the place of, once that is reserved.
    ADD COLUMN previous_iccid text;

-- What is left of an earlier order of the line.
CREATE INDEX order_work_by_subscription ON order_work (organization_id, subscription_id);
