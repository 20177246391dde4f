CREATE TABLE orders (
    organization_id uuid NOT NULL REFERENCES organizations,
    id              uuid NOT NULL,
    type            text NOT NULL CHECK (type IN ('activate_subscription')),
    status          text NOT NULL CHECK (status IN ('pending', 'completed', 'canceled')),
    account_id      uuid NOT NULL,
    subscription_id uuid NOT NULL,
    subscriber_id   uuid NOT NULL,
    template_id     uuid,
    sim_type        text CHECK (sim_type IN ('esim')),
    delivery_type   text CHECK (delivery_type IN ('email', 'api')),
    iccid           text,
    -- [{"msisdn": "…", "is_primary": true, "country": "GB"}], as reserved.
    phone_numbers   jsonb NOT NULL DEFAULT '[]',
    reason          text,
    cancel_code     text,
    cancel_detail   text,
    -- [{"name": "accepted", "at": "…"}]
    milestones      jsonb NOT NULL,
    client_id       text NOT NULL,
    correlation_id  text NOT NULL,
    created_at      timestamptz NOT NULL,
    updated_at      timestamptz NOT NULL,
    PRIMARY KEY (organization_id, id),
    FOREIGN KEY (organization_id, account_id) REFERENCES accounts (organization_id, id),
    FOREIGN KEY (organization_id, subscription_id) REFERENCES subscriptions (organization_id, id),
    FOREIGN KEY (organization_id, subscriber_id) REFERENCES subscribers (organization_id, id),
    CHECK ((status = 'canceled') = (cancel_code IS NOT NULL))
);
CREATE INDEX orders_by_status ON orders (organization_id, status, id DESC);
CREATE INDEX orders_by_account ON orders (organization_id, account_id, id DESC);
CREATE INDEX orders_by_subscription ON orders (organization_id, subscription_id, id DESC);
CREATE UNIQUE INDEX one_order_in_flight ON orders (organization_id, subscription_id) WHERE status = 'pending';

-- What is left to do: one row per order that is not done with. A lease is committed before the call that it is for, and
-- with it `in_doubt`: a worker that finds it set knows that the call may have been made before.
CREATE TABLE order_work (
    organization_id uuid NOT NULL,
    order_id        uuid NOT NULL,
    step            text NOT NULL
        CHECK (step IN ('reserve', 'download_order', 'confirm_order', 'deliver', 'cancel_order')),
    attempt         integer NOT NULL,
    in_doubt        boolean NOT NULL,
    due_at          timestamptz NOT NULL,
    deadline        timestamptz NOT NULL,
    lease           uuid,
    PRIMARY KEY (organization_id, order_id),
    FOREIGN KEY (organization_id, order_id) REFERENCES orders (organization_id, id)
);
-- A leased row is due again when its lease ends.
CREATE INDEX due_order_work ON order_work (due_at);

-- One mail, or one hand-over by API, of an activation code.
CREATE TABLE deliveries (
    organization_id uuid NOT NULL,
    id              uuid NOT NULL,
    order_id        uuid NOT NULL,
    subscription_id uuid NOT NULL,
    subscriber_id   uuid NOT NULL,
    type            text NOT NULL CHECK (type IN ('email', 'api')),
    -- {"to": […], "cc": […]} sealed under the person's key.
    sealed_recipients bytea,
    state           text NOT NULL CHECK (state IN ('pending', 'sent', 'failed')),
    -- Made once: a mail that is sent again is the same mail.
    message_id      text NOT NULL,
    attempts        integer NOT NULL DEFAULT 0,
    -- How often it was sent again because the outcome was unknown.
    repeats         integer NOT NULL DEFAULT 0,
    -- Recipients that the mail server did not take although it took the mail.
    refused_recipients integer NOT NULL DEFAULT 0,
    failure_code    text,
    -- What the mail server said, which may name recipients: sealed like these.
    sealed_detail   bytea,
    created_at      timestamptz NOT NULL,
    updated_at      timestamptz NOT NULL,
    PRIMARY KEY (organization_id, id),
    FOREIGN KEY (organization_id, order_id) REFERENCES orders (organization_id, id)
);
CREATE INDEX deliveries_by_order ON deliveries (organization_id, order_id, id);

ALTER TABLE orders ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_organization ON orders USING (organization_id = current_organization());
ALTER TABLE order_work ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_organization ON order_work USING (organization_id = current_organization());
ALTER TABLE deliveries ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_organization ON deliveries USING (organization_id = current_organization());
GRANT SELECT, INSERT ON orders, deliveries TO ${requests};
GRANT INSERT ON order_work TO ${requests};
