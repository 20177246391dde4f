-- Tables of the operator carry no organization_id as the first column of their key: organizations itself, api_clients
-- (looked up before the organization is known), signing_keys, security_epoch, chores, and later product_offerings,
-- number_stock and profile_stock (stock belongs to the operator until it is given out), usage_sequencer. Requests reach
-- none of them but through what is granted below. Every other table is a tenant's: organization_id first, and a policy.

CREATE TABLE organizations (
    id         uuid PRIMARY KEY,
    key        text NOT NULL UNIQUE CHECK (key ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
    name       text NOT NULL,
    status     text NOT NULL CHECK (status IN ('active', 'suspended')),
    created_at timestamptz NOT NULL
);

CREATE TABLE api_clients (
    client_id       text PRIMARY KEY CHECK (client_id ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
    organization_id uuid NOT NULL REFERENCES organizations,
    description     text NOT NULL,
    licences        text[] NOT NULL,
    status          text NOT NULL CHECK (status IN ('active', 'revoked')),
    -- Of each server: a token bucket that holds request_burst and gains requests_per_second.
    requests_per_second integer NOT NULL DEFAULT 1000 CHECK (requests_per_second BETWEEN 1 AND 1000000),
    request_burst   integer NOT NULL DEFAULT 2000 CHECK (request_burst BETWEEN 1 AND 10000000),
    created_at      timestamptz NOT NULL
);

-- A client may have several secrets, so that one can be replaced without an interruption.
CREATE TABLE api_client_secrets (
    client_id  text NOT NULL REFERENCES api_clients ON DELETE CASCADE,
    id         uuid NOT NULL,
    mac        bytea NOT NULL,
    created_at timestamptz NOT NULL,
    retired_at timestamptz,
    PRIMARY KEY (client_id, id)
);

CREATE TABLE signing_keys (
    key_id      text PRIMARY KEY,
    public_jwk  text NOT NULL,
    sealed_jwk  bytea NOT NULL,
    status      text NOT NULL CHECK (status IN ('current', 'previous', 'retired')),
    created_at  timestamptz NOT NULL,
    changed_at  timestamptz NOT NULL
);
CREATE UNIQUE INDEX one_current_signing_key ON signing_keys (status) WHERE status = 'current';

-- Grows with every change that may end what a token allows. Servers read it every two seconds and drop what they have
-- verified when it has grown.
CREATE TABLE security_epoch (
    single boolean PRIMARY KEY DEFAULT true CHECK (single),
    epoch  bigint NOT NULL
);
INSERT INTO security_epoch (epoch) VALUES (0);

-- What one of the servers does from time to time: whoever moves due_at on has the turn.
CREATE TABLE chores (
    name   text PRIMARY KEY,
    due_at timestamptz NOT NULL
);

CREATE FUNCTION advance_security_epoch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE security_epoch SET epoch = epoch + 1;
    RETURN NULL;
END $$;

CREATE TRIGGER organizations_advance_epoch AFTER UPDATE OR DELETE ON organizations
    FOR EACH STATEMENT EXECUTE FUNCTION advance_security_epoch();
CREATE TRIGGER api_clients_advance_epoch AFTER UPDATE OR DELETE ON api_clients
    FOR EACH STATEMENT EXECUTE FUNCTION advance_security_epoch();
CREATE TRIGGER signing_keys_advance_epoch AFTER UPDATE OR DELETE ON signing_keys
    FOR EACH STATEMENT EXECUTE FUNCTION advance_security_epoch();

GRANT USAGE ON SCHEMA trunkline TO ${requests};

-- The organization of the transaction; null (no row matches) where none is set.
CREATE FUNCTION current_organization() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
    RETURN nullif(current_setting('trunkline.organization', true), '')::uuid;
