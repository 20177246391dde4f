-- Answers that were given under an Idempotency-Key, for 24 hours. A row commits with what the request made.
CREATE TABLE idempotency_keys (
    organization_id uuid NOT NULL REFERENCES organizations,
    client_id       text NOT NULL,
    method          text NOT NULL,
    path            text NOT NULL,
    key             text NOT NULL,
    body_mac        bytea NOT NULL,
    status          integer NOT NULL,
    location        text,
    content_type    text NOT NULL,
    -- The answer, sealed under the key of the person whom it is about.
    person_id       uuid,
    sealed_answer   bytea NOT NULL,
    created_at      timestamptz NOT NULL,
    PRIMARY KEY (organization_id, client_id, method, path, key)
);
CREATE INDEX idempotency_keys_by_age ON idempotency_keys (created_at);

ALTER TABLE idempotency_keys ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_organization ON idempotency_keys USING (organization_id = current_organization());
GRANT SELECT, INSERT, DELETE ON idempotency_keys TO ${requests};
