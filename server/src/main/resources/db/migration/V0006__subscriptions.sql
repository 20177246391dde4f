CREATE TABLE subscriptions (
    organization_id uuid NOT NULL REFERENCES organizations,
    id              uuid NOT NULL,
    account_id      uuid NOT NULL,
    subscriber_id   uuid NOT NULL,
    status          text NOT NULL CHECK (status IN ('pending', 'active', 'suspended', 'terminated')),
    sms_sender      boolean NOT NULL,
    created_at      timestamptz NOT NULL,
    terminated_at   timestamptz,
    updated_at      timestamptz NOT NULL,
    PRIMARY KEY (organization_id, id),
    FOREIGN KEY (organization_id, account_id) REFERENCES accounts (organization_id, id),
    FOREIGN KEY (organization_id, subscriber_id) REFERENCES subscribers (organization_id, id),
    CHECK ((status = 'terminated') = (terminated_at IS NOT NULL))
);
-- Lists hold what once became active; those still pending are few.
CREATE INDEX subscriptions_by_status ON subscriptions (organization_id, status, id);
CREATE INDEX subscriptions_by_account ON subscriptions (organization_id, account_id, id);
CREATE INDEX subscriptions_by_account_and_status ON subscriptions (organization_id, account_id, status, id);
CREATE INDEX subscriptions_by_subscriber ON subscriptions (organization_id, subscriber_id, id);

-- A SIM has history: who held which profile from when to when.
CREATE TABLE sim_profiles (
    organization_id uuid NOT NULL,
    iccid           text NOT NULL CHECK (iccid ~ '^89[0-9]{16,18}$'),
    subscription_id uuid NOT NULL,
    imsi            text NOT NULL CHECK (imsi ~ '^[0-9]{6,15}$'),
    eid             text CHECK (eid ~ '^[0-9]{32}$'),
    state           text NOT NULL
        CHECK (state IN ('reserved', 'released', 'downloaded', 'installed', 'error', 'deleted')),
    state_at        timestamptz NOT NULL,
    smdp_address    text,
    sealed_matching_id bytea NOT NULL,
    held_from       timestamptz NOT NULL,
    held_to         timestamptz,
    PRIMARY KEY (organization_id, iccid, held_from),
    FOREIGN KEY (organization_id, subscription_id) REFERENCES subscriptions (organization_id, id)
);
CREATE UNIQUE INDEX one_holder_per_sim_profile ON sim_profiles (iccid) WHERE held_to IS NULL;
CREATE INDEX sim_profiles_by_subscription ON sim_profiles (organization_id, subscription_id, held_from);

-- So has a number.
CREATE TABLE phone_numbers (
    organization_id uuid NOT NULL,
    msisdn          text NOT NULL CHECK (msisdn ~ '^[0-9]{1,15}$'),
    subscription_id uuid NOT NULL,
    is_primary      boolean NOT NULL,
    country         text NOT NULL CHECK (country ~ '^[A-Z]{2}$'),
    held_from       timestamptz NOT NULL,
    held_to         timestamptz,
    PRIMARY KEY (organization_id, msisdn, held_from),
    FOREIGN KEY (organization_id, subscription_id) REFERENCES subscriptions (organization_id, id)
);
CREATE UNIQUE INDEX one_holder_per_number ON phone_numbers (msisdn) WHERE held_to IS NULL;
CREATE INDEX phone_numbers_by_subscription ON phone_numbers (organization_id, subscription_id, held_from);

CREATE TABLE subscription_services (
    organization_id uuid NOT NULL,
    subscription_id uuid NOT NULL,
    type            text NOT NULL CHECK (type IN ('voice', 'sms', 'data', 'voice_recording', 'sms_recording')),
    enabled         boolean NOT NULL,
    PRIMARY KEY (organization_id, subscription_id, type),
    FOREIGN KEY (organization_id, subscription_id) REFERENCES subscriptions (organization_id, id)
);

CREATE TABLE products (
    organization_id uuid NOT NULL,
    id              uuid NOT NULL,
    subscription_id uuid NOT NULL,
    account_id      uuid NOT NULL,
    offering_id     uuid NOT NULL,
    status          text NOT NULL CHECK (status IN ('active', 'terminated')),
    activated_at    timestamptz NOT NULL,
    terminates_at   timestamptz,
    PRIMARY KEY (organization_id, id),
    FOREIGN KEY (organization_id, subscription_id) REFERENCES subscriptions (organization_id, id),
    FOREIGN KEY (organization_id, account_id) REFERENCES accounts (organization_id, id),
    FOREIGN KEY (organization_id, offering_id) REFERENCES organization_offerings (organization_id, offering_id)
);
CREATE INDEX products_by_status ON products (organization_id, status, id);
CREATE INDEX products_by_account ON products (organization_id, account_id, id);
CREATE INDEX products_by_account_and_status ON products (organization_id, account_id, status, id);
CREATE INDEX products_by_subscription ON products (organization_id, subscription_id, id);

ALTER TABLE subscriptions ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_organization ON subscriptions USING (organization_id = current_organization());
ALTER TABLE sim_profiles ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_organization ON sim_profiles USING (organization_id = current_organization());
ALTER TABLE phone_numbers ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_organization ON phone_numbers USING (organization_id = current_organization());
ALTER TABLE subscription_services ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_organization ON subscription_services USING (organization_id = current_organization());
ALTER TABLE products ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_organization ON products USING (organization_id = current_organization());
GRANT SELECT, INSERT ON subscriptions TO ${requests};
GRANT SELECT ON sim_profiles, phone_numbers, subscription_services, products TO ${requests};

-- The operator's stock. What is given out belongs to one order, then to its subscription; `in_doubt` is what a
-- neighbour may still hold: free again only after it has confirmed that it does not.
CREATE TABLE number_stock (
    msisdn          text PRIMARY KEY CHECK (msisdn ~ '^[0-9]{1,15}$'),
    country         text NOT NULL CHECK (country ~ '^[A-Z]{2}$'),
    state           text NOT NULL CHECK (state IN ('free', 'reserved', 'in_use', 'quarantined', 'in_doubt')),
    organization_id uuid REFERENCES organizations,
    order_id        uuid,
    subscription_id uuid,
    changed_at      timestamptz NOT NULL,
    CHECK ((state = 'free') = (order_id IS NULL))
);
CREATE INDEX free_numbers ON number_stock (country, msisdn) WHERE state = 'free';
CREATE INDEX numbers_by_order ON number_stock (order_id) WHERE order_id IS NOT NULL;

CREATE TABLE profile_stock (
    iccid           text PRIMARY KEY CHECK (iccid ~ '^89[0-9]{16,18}$'),
    imsi            text NOT NULL UNIQUE CHECK (imsi ~ '^[0-9]{6,15}$'),
    profile_type    text NOT NULL,
    state           text NOT NULL CHECK (state IN ('free', 'reserved', 'in_use', 'retired', 'in_doubt')),
    organization_id uuid REFERENCES organizations,
    order_id        uuid,
    subscription_id uuid,
    changed_at      timestamptz NOT NULL,
    CHECK ((state = 'free') = (order_id IS NULL))
);
CREATE INDEX free_profiles ON profile_stock (profile_type, iccid) WHERE state = 'free';
CREATE INDEX profiles_by_order ON profile_stock (order_id) WHERE order_id IS NOT NULL;
