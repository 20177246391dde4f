-- What happened, written in the transaction of the change. `personal` holds values of a person, sealed under the key of
-- `person_id`; the position in the order that others page by is given after the commit.
CREATE TABLE events (
    organization_id uuid NOT NULL REFERENCES organizations,
    id              uuid NOT NULL,
    type            text NOT NULL,
    subject         text NOT NULL,
    occurred_at     timestamptz NOT NULL,
    correlation_id  text,
    data            jsonb NOT NULL,
    person_id       uuid,
    personal        bytea,
    PRIMARY KEY (organization_id, id),
    CHECK ((personal IS NULL) OR (person_id IS NOT NULL))
);

-- Who did what, before and after.
CREATE TABLE audit_entries (
    organization_id uuid NOT NULL REFERENCES organizations,
    id              uuid NOT NULL,
    at              timestamptz NOT NULL,
    actor_type      text NOT NULL CHECK (actor_type IN ('client', 'system')),
    actor           text NOT NULL,
    action          text NOT NULL,
    subject         text NOT NULL,
    before          jsonb,
    after           jsonb,
    person_id       uuid,
    personal        bytea,
    correlation_id  text,
    PRIMARY KEY (organization_id, id),
    CHECK ((personal IS NULL) OR (person_id IS NOT NULL))
);

ALTER TABLE events ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_organization ON events USING (organization_id = current_organization());
ALTER TABLE audit_entries ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_organization ON audit_entries USING (organization_id = current_organization());
-- Written once: nothing that a request does can change them.
GRANT SELECT, INSERT ON events, audit_entries TO ${requests};
