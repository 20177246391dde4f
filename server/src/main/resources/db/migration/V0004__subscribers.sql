CREATE TABLE subscribers (
    organization_id uuid NOT NULL REFERENCES organizations,
    id              uuid NOT NULL,
    first_name      text NOT NULL,
    last_name       text NOT NULL,
    email           text NOT NULL,
    employee_id     text,
    group_name      text,
    locale          text,
    created_at      timestamptz NOT NULL,
    updated_at      timestamptz NOT NULL,
    -- What filters compare with, byte by byte: under a policy only leakproof operators reach an index, and lower() is
    -- not one of them. Either order of the names, so that one prefix finds the first name, the last name or both.
    email_key       text COLLATE "C" GENERATED ALWAYS AS (lower(normalize(email, NFC))) STORED,
    name_key        text COLLATE "C"
        GENERATED ALWAYS AS (lower(normalize(first_name || ' ' || last_name, NFC))) STORED,
    surname_key     text COLLATE "C"
        GENERATED ALWAYS AS (lower(normalize(last_name || ' ' || first_name, NFC))) STORED,
    PRIMARY KEY (organization_id, id)
);
CREATE INDEX subscribers_by_email ON subscribers (organization_id, email_key, id);
CREATE INDEX subscribers_by_name ON subscribers (organization_id, name_key);
CREATE INDEX subscribers_by_surname ON subscribers (organization_id, surname_key);
CREATE INDEX subscribers_by_employee_id ON subscribers (organization_id, employee_id, id)
    WHERE employee_id IS NOT NULL;
CREATE INDEX subscribers_by_group ON subscribers (organization_id, group_name, id) WHERE group_name IS NOT NULL;

-- One key per person, sealed under the master key. Wherever else a value of the person is kept, it is sealed under this
-- key: erasing a person destroys one row.
CREATE TABLE subscriber_keys (
    organization_id uuid NOT NULL,
    subscriber_id   uuid NOT NULL,
    sealed_key      bytea NOT NULL,
    PRIMARY KEY (organization_id, subscriber_id),
    FOREIGN KEY (organization_id, subscriber_id) REFERENCES subscribers (organization_id, id)
);

ALTER TABLE subscribers ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_organization ON subscribers USING (organization_id = current_organization());
ALTER TABLE subscriber_keys ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_organization ON subscriber_keys USING (organization_id = current_organization());
GRANT SELECT, INSERT, UPDATE ON subscribers TO ${requests};
GRANT SELECT, INSERT ON subscriber_keys TO ${requests};
