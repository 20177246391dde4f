-- The operator's own stable name of an offering, by which the catalog file tells of it. One that is retired can no
-- longer be ordered.
ALTER TABLE product_offerings
    ADD COLUMN key text UNIQUE CHECK (key ~ '^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$'),
    ADD COLUMN retired boolean NOT NULL DEFAULT false;

ALTER TABLE order_templates
    ADD COLUMN key text CHECK (key ~ '^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$'),
    ADD COLUMN retired boolean NOT NULL DEFAULT false;
CREATE UNIQUE INDEX order_templates_by_key ON order_templates (organization_id, key) WHERE key IS NOT NULL;

-- The versions of what offerings give and cost. A version that has begun is never changed.
CREATE TABLE tariffs (
    offering_id uuid NOT NULL REFERENCES product_offerings,
    valid_from  timestamptz NOT NULL,
    -- As the catalog file tells it.
    document    jsonb NOT NULL,
    PRIMARY KEY (offering_id, valid_from)
);

-- What all tariffs refer to. The revision grows with every change of the catalog.
CREATE TABLE tariff_book (
    single            boolean PRIMARY KEY DEFAULT true CHECK (single),
    revision          bigint NOT NULL,
    -- [{"key": "home", "countries": ["GB"]}], the first that lists a country counts.
    zones             jsonb NOT NULL,
    emergency_numbers text[] NOT NULL
);
INSERT INTO tariff_book (revision, zones, emergency_numbers) VALUES (0, '[]', '{}');
