CREATE TABLE accounts (
    organization_id uuid NOT NULL REFERENCES organizations,
    id              uuid NOT NULL,
    reference_code  text NOT NULL,
    name            text NOT NULL,
    country         text NOT NULL CHECK (country ~ '^[A-Z]{2}$'),
    status          text NOT NULL CHECK (status IN ('active', 'closed')),
    created_at      timestamptz NOT NULL,
    updated_at      timestamptz NOT NULL,
    PRIMARY KEY (organization_id, id)
);
CREATE INDEX accounts_by_status ON accounts (organization_id, status, id);

ALTER TABLE accounts ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_organization ON accounts USING (organization_id = current_organization());
GRANT SELECT ON accounts TO ${requests};
