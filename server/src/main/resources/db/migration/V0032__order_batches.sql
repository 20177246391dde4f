-- Orders that were sent together. Each has a fate of its own: what a batch has come to is counted from its orders.
CREATE TABLE order_batches (
    organization_id uuid NOT NULL REFERENCES organizations,
    id              uuid NOT NULL,
    total           integer NOT NULL CHECK (total > 0),
    -- Rows that were not started, since they were not valid.
    refused         integer NOT NULL,
    client_id       text NOT NULL,
    correlation_id  text NOT NULL,
    created_at      timestamptz NOT NULL,
    PRIMARY KEY (organization_id, id)
);

CREATE TABLE order_batch_rows (
    organization_id uuid NOT NULL,
    batch_id        uuid NOT NULL,
    -- In the order of the rows.
    id              uuid NOT NULL,
    -- Its place in the request, from 0 as in the pointers of its errors.
    place           integer NOT NULL,
    order_id        uuid,
    -- {"errors": [{"pointer": "…", "code": "…", "detail": "…"}]}, which may repeat what came of a person: sealed.
    sealed_errors   bytea,
    PRIMARY KEY (organization_id, batch_id, id),
    FOREIGN KEY (organization_id, batch_id) REFERENCES order_batches (organization_id, id),
    FOREIGN KEY (organization_id, order_id) REFERENCES orders (organization_id, id),
    CHECK ((order_id IS NULL) = (sealed_errors IS NOT NULL))
);

ALTER TABLE order_batches ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_organization ON order_batches USING (organization_id = current_organization());
ALTER TABLE order_batch_rows ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_organization ON order_batch_rows USING (organization_id = current_organization());
GRANT SELECT, INSERT ON order_batches, order_batch_rows TO ${requests};

-- Of a batch: what is ordered singly goes before it.
ALTER TABLE order_work ADD bulk boolean NOT NULL DEFAULT false;
DROP INDEX due_order_work;
CREATE INDEX due_order_work ON order_work (neighbour, bulk, due_at);
