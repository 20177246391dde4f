-- Usage items, in one partition a month of started_at: what is older than the retention goes away as a whole, and a
-- page reads the newest months only.
--
-- There is no default partition. Months are made ahead by a chore, and an older month by whoever writes items into it,
-- before writing. An item outside of all partitions is refused by the database: what started before the retention or
-- too far in the future is the feed's to put aside (too_old, in_future) and never comes here.
--
-- An id's time is started_at, to the millisecond, which is why an item is found by its id alone.
--
-- The keys and what each serves; more than these would halve the speed of the feed:
--   usage_items_pkey              newest first; from-date, to-date; one item by id. type, direction, cost-type, and an
--                                 account-id or subscriber-id of very many subscriptions: rows are examined along this
--                                 key, a set number a page
--   usage_items_by_subscription   subscription-id; subscriber-id and account-id by way of their subscriptions; msisdn
--                                 by way of the subscriptions that held it
--   usage_items_by_other_party    msisdn as the other party of a call or message
-- processed-after has no index here: usage_batch_items lists the ids of each batch, a hundred a row.
--
-- No foreign keys: they would be checked row by row. The one writer resolves the line, its person, account and product
-- itself, and none of these is ever deleted.
CREATE TABLE usage_items (
    organization_id  uuid NOT NULL,
    started_at       timestamptz NOT NULL,
    id               uuid NOT NULL,
    -- The batch that made it what it is. Its number in the order of processing is usage_batches.number.
    batch_id         bigint NOT NULL,
    ended_at         timestamptz NOT NULL,
    processed_at     timestamptz NOT NULL,
    quantity         bigint NOT NULL,
    charged_quantity bigint NOT NULL,
    -- In millionths of a minor unit.
    cost_micros      bigint NOT NULL,
    -- The line's number and the other party's, as numbers: who called is a matter of the direction.
    own_msisdn       bigint,
    other_msisdn     bigint,
    subscription_id  uuid NOT NULL,
    subscriber_id    uuid NOT NULL,
    account_id       uuid NOT NULL,
    product_id       uuid NOT NULL,
    type             "char" NOT NULL, -- v voice, d data, s sms
    direction        "char" NOT NULL, -- i inbound, o outbound
    cost_type        "char" NOT NULL, -- f free, b in_bundle, o out_of_bundle
    technology       "char",          -- c cs, l volte, w vowifi, 2, 3, 4, 5, s sms
    roaming          boolean NOT NULL,
    is_recorded      boolean NOT NULL,
    currency         text NOT NULL,
    location_country text,
    -- Of an other party that is no number: a short code, an alphanumeric sender.
    other_address    text,
    PRIMARY KEY (organization_id, started_at, id)
) PARTITION BY RANGE (started_at);
CREATE INDEX usage_items_by_subscription ON usage_items (organization_id, subscription_id, started_at, id);
CREATE INDEX usage_items_by_other_party ON usage_items (organization_id, other_msisdn, started_at, id)
    WHERE other_msisdn IS NOT NULL;

-- What was written in one transaction, for each organization a row. `number` is its place in the order of processing,
-- given after the commit: whoever has seen a number has seen all smaller ones.
CREATE SEQUENCE usage_batch_ids;
CREATE TABLE usage_batches (
    organization_id  uuid NOT NULL REFERENCES organizations,
    id               bigint NOT NULL,
    number           bigint,
    items            integer NOT NULL,
    first_started_at timestamptz NOT NULL,
    last_started_at  timestamptz NOT NULL,
    processed_at     timestamptz NOT NULL,
    PRIMARY KEY (organization_id, id)
);
CREATE UNIQUE INDEX usage_batches_by_number ON usage_batches (organization_id, number);
CREATE INDEX unnumbered_usage_batches ON usage_batches (organization_id, id) WHERE number IS NULL;

-- Which items a batch has made or changed, rising. One that a later batch has changed is that batch's, not this one's.
CREATE TABLE usage_batch_items (
    organization_id uuid NOT NULL,
    batch_id        bigint NOT NULL,
    last_id         uuid NOT NULL,
    ids             uuid[] NOT NULL,
    PRIMARY KEY (organization_id, batch_id, last_id),
    FOREIGN KEY (organization_id, batch_id) REFERENCES usage_batches (organization_id, id) ON DELETE CASCADE
);

-- The operator's: the last number given, and who gives numbers until when.
CREATE TABLE usage_sequencer (
    single      boolean PRIMARY KEY DEFAULT true CHECK (single),
    last_number bigint NOT NULL,
    holder      uuid,
    held_until  timestamptz NOT NULL
);
INSERT INTO usage_sequencer (last_number, held_until) VALUES (0, '-infinity');

-- Policies and grants stand on the parent alone: a partition has none, so that requests are refused there.
ALTER TABLE usage_items ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_organization ON usage_items USING (organization_id = current_organization());
ALTER TABLE usage_batches ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_organization ON usage_batches USING (organization_id = current_organization());
ALTER TABLE usage_batch_items ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_organization ON usage_batch_items USING (organization_id = current_organization());
GRANT SELECT ON usage_items, usage_batches, usage_batch_items TO ${requests};
