-- The operator's: offered to the organizations of organization_offerings.
CREATE TABLE product_offerings (
    id           uuid PRIMARY KEY,
    type         text NOT NULL CHECK (type IN ('plan', 'add_on')),
    name         text NOT NULL,
    profile_type text,
    created_at   timestamptz NOT NULL,
    -- The eSIM profile type that a plan needs at the SM-DP+ (SGP.22 5.3.1).
    CHECK ((type = 'plan') = (profile_type IS NOT NULL))
);

-- What an organization may order, or could: one that is withdrawn stays visible in the products made of it.
CREATE TABLE organization_offerings (
    organization_id uuid NOT NULL REFERENCES organizations,
    offering_id     uuid NOT NULL REFERENCES product_offerings,
    orderable       boolean NOT NULL DEFAULT true,
    PRIMARY KEY (organization_id, offering_id)
);

CREATE TABLE order_templates (
    organization_id uuid NOT NULL REFERENCES organizations,
    id              uuid NOT NULL,
    type            text NOT NULL CHECK (type = 'activate_subscription'),
    description     text NOT NULL,
    -- [{"country": "GB", "count": 1, "is_primary": true}]
    phone_numbers   jsonb NOT NULL,
    -- [{"type": "voice", "enabled": true}]
    services        jsonb NOT NULL,
    -- Whether numbers of this template's subscriptions may be the sender of messages.
    sms_sender      boolean NOT NULL,
    -- Every account may use it; else those of order_template_accounts.
    all_accounts    boolean NOT NULL,
    created_at      timestamptz NOT NULL,
    PRIMARY KEY (organization_id, id)
);

CREATE TABLE order_template_offerings (
    organization_id uuid NOT NULL,
    template_id     uuid NOT NULL,
    position        integer NOT NULL,
    offering_id     uuid NOT NULL,
    PRIMARY KEY (organization_id, template_id, position),
    FOREIGN KEY (organization_id, template_id) REFERENCES order_templates (organization_id, id),
    FOREIGN KEY (organization_id, offering_id) REFERENCES organization_offerings (organization_id, offering_id)
);

CREATE TABLE order_template_accounts (
    organization_id uuid NOT NULL,
    account_id      uuid NOT NULL,
    template_id     uuid NOT NULL,
    is_default      boolean NOT NULL,
    PRIMARY KEY (organization_id, account_id, template_id),
    FOREIGN KEY (organization_id, account_id) REFERENCES accounts (organization_id, id),
    FOREIGN KEY (organization_id, template_id) REFERENCES order_templates (organization_id, id)
);
CREATE UNIQUE INDEX one_default_template_per_account ON order_template_accounts (organization_id, account_id)
    WHERE is_default;

ALTER TABLE organization_offerings ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_organization ON organization_offerings USING (organization_id = current_organization());
ALTER TABLE order_templates ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_organization ON order_templates USING (organization_id = current_organization());
ALTER TABLE order_template_offerings ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_organization ON order_template_offerings USING (organization_id = current_organization());
ALTER TABLE order_template_accounts ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_organization ON order_template_accounts USING (organization_id = current_organization());
-- An offering that an organization has never been offered is as good as none.
ALTER TABLE product_offerings ENABLE ROW LEVEL SECURITY;
CREATE POLICY offered ON product_offerings USING (
    EXISTS (SELECT FROM organization_offerings o
            WHERE o.organization_id = current_organization() AND o.offering_id = product_offerings.id));
GRANT SELECT ON product_offerings, organization_offerings, order_templates, order_template_offerings,
    order_template_accounts TO ${requests};
