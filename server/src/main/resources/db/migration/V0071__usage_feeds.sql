-- From where usage comes. Read one by one: whoever writes a batch of a source holds the lock of its row, and moves its
-- position in the same transaction.
CREATE TABLE usage_sources (
    name        text PRIMARY KEY CHECK (name ~ '^[a-z0-9][a-z0-9._-]{0,62}$'),
    id          integer GENERATED ALWAYS AS IDENTITY UNIQUE,
    state       text NOT NULL CHECK (state IN ('current', 'late', 'stopped')),
    reason      text,
    -- What the source's reader needs to go on.
    position    jsonb NOT NULL DEFAULT '{}',
    accepted    bigint NOT NULL DEFAULT 0,
    repeated    bigint NOT NULL DEFAULT 0,
    quarantined bigint NOT NULL DEFAULT 0,
    -- When it last brought something.
    heard_at    timestamptz,
    updated_at  timestamptz NOT NULL
);
CREATE SEQUENCE usage_runs;

-- The records that were accepted, so that one which comes again is known, however long after.
CREATE TABLE usage_records (
    source_id  integer NOT NULL,
    record_id  text COLLATE "C" NOT NULL,
    -- A hash of what it says.
    content    uuid NOT NULL,
    started_at timestamptz NOT NULL,
    PRIMARY KEY (source_id, record_id)
);
CREATE INDEX usage_records_by_age ON usage_records USING brin (started_at);

-- What could not be rated, with the line that it stood in. A record has one place here, by its id where that can be
-- read and else by a hash of the line.
CREATE TABLE usage_quarantine (
    source_id integer NOT NULL,
    key       text COLLATE "C" NOT NULL,
    id        uuid NOT NULL UNIQUE,
    record_id text,
    reason    text NOT NULL,
    -- Of the file or batch that it came in.
    run       bigint NOT NULL,
    file      text,
    line      bigint NOT NULL,
    original  bytea NOT NULL,
    -- Of a CSV: the names of its columns.
    header    text,
    at        timestamptz NOT NULL,
    PRIMARY KEY (source_id, key)
);
CREATE INDEX usage_quarantine_by_run ON usage_quarantine (run, line);
CREATE INDEX usage_quarantine_by_reason ON usage_quarantine (reason, id);

-- Of what record an item is, the how manieth part of it, and what it has taken from which allowances:
-- "data=1024 *talk=60", with a star where the allowance is pooled.
ALTER TABLE usage_items
    ADD COLUMN source_id integer,
    ADD COLUMN record_id text,
    ADD COLUMN part integer,
    ADD COLUMN continued boolean,
    ADD COLUMN consumed text;
-- Months past their retention are tables of their own, and may come back.
DO $$
DECLARE
    month text;
BEGIN
    FOR month IN
        SELECT c.relname FROM pg_class c
        WHERE c.relnamespace = 'trunkline'::regnamespace AND c.relkind = 'r' AND NOT c.relispartition
            AND c.relname ~ '^usage_items_\d{4}_\d{2}$'
    LOOP
        EXECUTE format('ALTER TABLE %I ADD COLUMN source_id integer, ADD COLUMN record_id text,'
            ' ADD COLUMN part integer, ADD COLUMN continued boolean, ADD COLUMN consumed text', month);
    END LOOP;
END $$;

-- What is used of an allowance in a period: of a product, or where it is pooled of all of an account.
CREATE TABLE usage_balances (
    organization_id uuid NOT NULL REFERENCES organizations,
    holder_id       uuid NOT NULL,
    offering_id     uuid NOT NULL,
    allowance       text COLLATE "C" NOT NULL,
    period_from     timestamptz NOT NULL,
    period_to       timestamptz NOT NULL,
    pooled          boolean NOT NULL,
    used            bigint NOT NULL CHECK (used >= 0),
    PRIMARY KEY (organization_id, holder_id, offering_id, allowance, period_from)
);
ALTER TABLE usage_balances ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_organization ON usage_balances USING (organization_id = current_organization());
GRANT SELECT ON usage_balances TO ${requests};

-- Who held an IMSI or a number at a moment, whoever's it was. By the number as people write it, so that requests, which
-- look for one of their organization, keep to the primary key.
CREATE INDEX sim_profiles_by_imsi ON sim_profiles (imsi, held_from);
CREATE INDEX phone_numbers_by_number ON phone_numbers (('+' || msisdn));

-- Which services a line had when: what is recorded is told by those of the moment. The first ones hold since ever.
CREATE TABLE subscription_service_history (
    organization_id uuid NOT NULL,
    subscription_id uuid NOT NULL,
    type            text NOT NULL,
    since           timestamptz NOT NULL,
    enabled         boolean NOT NULL,
    PRIMARY KEY (organization_id, subscription_id, type, since),
    FOREIGN KEY (organization_id, subscription_id) REFERENCES subscriptions (organization_id, id)
);
ALTER TABLE subscription_service_history ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_organization ON subscription_service_history USING (organization_id = current_organization());
INSERT INTO subscription_service_history (organization_id, subscription_id, type, since, enabled)
    SELECT organization_id, subscription_id, type, '-infinity', enabled FROM subscription_services;

CREATE FUNCTION remember_service() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.enabled = OLD.enabled THEN
        RETURN NULL;
    END IF;
    INSERT INTO trunkline.subscription_service_history (organization_id, subscription_id, type, since, enabled)
    SELECT NEW.organization_id, NEW.subscription_id, NEW.type,
        CASE WHEN EXISTS (SELECT FROM trunkline.subscription_service_history h
                          WHERE h.organization_id = NEW.organization_id AND h.subscription_id = NEW.subscription_id
                              AND h.type = NEW.type)
            THEN now() ELSE '-infinity' END,
        NEW.enabled
    ON CONFLICT (organization_id, subscription_id, type, since) DO UPDATE SET enabled = excluded.enabled;
    RETURN NULL;
END $$;
CREATE TRIGGER subscription_services_remembered AFTER INSERT OR UPDATE ON subscription_services
    FOR EACH ROW EXECUTE FUNCTION remember_service();
