-- Usage as files, made by workers in turns. What is written so far, and where to go on, commits with each part: whoever
-- takes an export over goes on behind its last part.
CREATE TABLE usage_exports (
    organization_id uuid NOT NULL REFERENCES organizations,
    id              uuid NOT NULL,
    status          text NOT NULL CHECK (status IN ('pending', 'ready', 'failed')),
    format          text NOT NULL CHECK (format IN ('csv', 'ndjson')),
    gzip            boolean NOT NULL,
    -- As they were given.
    filters         jsonb NOT NULL,
    -- A number of usage_batches: what was processed later is not in it.
    as_of           bigint NOT NULL,
    -- Whether all of its months were closed when it was asked for.
    closed          boolean NOT NULL,
    client_id       text NOT NULL,
    correlation_id  text NOT NULL,
    created_at      timestamptz NOT NULL,
    parts           integer NOT NULL DEFAULT 0,
    items           bigint NOT NULL DEFAULT 0,
    -- Of its parts.
    stored_bytes    bigint NOT NULL DEFAULT 0,
    -- Of a hundred.
    progress        integer NOT NULL DEFAULT 0,
    -- The item behind which it goes on, as pages of items tell it.
    place_rank      bigint,
    place_id        uuid,
    -- All parts are there; what is left is to add them up.
    written         boolean NOT NULL DEFAULT false,
    -- Whose turn it is, by the database's clock.
    holder          uuid,
    held_until      timestamptz NOT NULL DEFAULT '-infinity',
    turn_at         timestamptz,
    -- Turns in a row that failed.
    failures        integer NOT NULL DEFAULT 0,
    -- Of the file as it is downloaded.
    size            bigint,
    sha256          text,
    failure         text,
    expires_at      timestamptz,
    PRIMARY KEY (organization_id, id),
    CHECK (status <> 'ready' OR size IS NOT NULL AND sha256 IS NOT NULL AND expires_at IS NOT NULL),
    CHECK ((status = 'failed') = (failure IS NOT NULL))
);
CREATE INDEX pending_usage_exports ON usage_exports (organization_id, id) WHERE status = 'pending';

-- The file in pieces of a set number of rows, each a gzip member of its own: one after the other they are a gzip file.
CREATE TABLE usage_export_parts (
    organization_id uuid NOT NULL,
    export_id       uuid NOT NULL,
    number          integer NOT NULL,
    content         bytea NOT NULL,
    PRIMARY KEY (organization_id, export_id, number),
    FOREIGN KEY (organization_id, export_id) REFERENCES usage_exports (organization_id, id) ON DELETE CASCADE
);
-- It is compressed already.
ALTER TABLE usage_export_parts ALTER COLUMN content SET STORAGE EXTERNAL;

ALTER TABLE usage_exports ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_organization ON usage_exports USING (organization_id = current_organization());
ALTER TABLE usage_export_parts ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_organization ON usage_export_parts USING (organization_id = current_organization());
GRANT SELECT, INSERT, UPDATE ON usage_exports TO ${requests};
GRANT SELECT ON usage_export_parts TO ${requests};
