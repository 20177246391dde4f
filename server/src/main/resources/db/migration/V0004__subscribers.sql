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
    PRIMARY KEY (organization_id, id)
);

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
