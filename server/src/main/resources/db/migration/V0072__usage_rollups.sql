-- Sums of items by day (UTC of started_at), for summaries. Every batch adds what it has brought as rows of its own, so
-- that no batch waits for another one's; what a change takes away is a row of less than nothing. They are summed when
-- they are read.
--
-- No foreign keys, as usage_items has none.

-- By line, for summaries of one or by lines.
CREATE TABLE usage_line_days (
    organization_id  uuid NOT NULL,
    subscription_id  uuid NOT NULL,
    day              date NOT NULL,
    id               bigint GENERATED ALWAYS AS IDENTITY,
    subscriber_id    uuid NOT NULL,
    account_id       uuid NOT NULL,
    type             "char" NOT NULL,
    direction        "char" NOT NULL,
    cost_type        "char" NOT NULL,
    currency         text NOT NULL,
    location_country text,
    items            bigint NOT NULL,
    quantity         bigint NOT NULL,
    charged_quantity bigint NOT NULL,
    cost_micros      bigint NOT NULL,
    PRIMARY KEY (organization_id, subscription_id, day, id)
);

-- By account, for all other ones. A chore puts the rows of many batches together.
CREATE TABLE usage_account_days (
    organization_id  uuid NOT NULL,
    day              date NOT NULL,
    id               bigint GENERATED ALWAYS AS IDENTITY,
    account_id       uuid NOT NULL,
    type             "char" NOT NULL,
    direction        "char" NOT NULL,
    cost_type        "char" NOT NULL,
    currency         text NOT NULL,
    location_country text,
    items            bigint NOT NULL,
    quantity         bigint NOT NULL,
    charged_quantity bigint NOT NULL,
    cost_micros      bigint NOT NULL,
    -- Whether it is the sum of all rows that there were of its day.
    folded           boolean NOT NULL DEFAULT false,
    PRIMARY KEY (organization_id, day, id)
);
CREATE INDEX usage_account_days_to_fold ON usage_account_days (organization_id, day) WHERE NOT folded;

INSERT INTO usage_line_days (organization_id, subscription_id, subscriber_id, account_id, day, type, direction,
    cost_type, currency, location_country, items, quantity, charged_quantity, cost_micros)
SELECT organization_id, subscription_id, subscriber_id, account_id, (started_at AT TIME ZONE 'UTC')::date, type,
    direction, cost_type, currency, location_country, count(*), sum(quantity), sum(charged_quantity), sum(cost_micros)
FROM usage_items GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10;
INSERT INTO usage_account_days (organization_id, account_id, day, type, direction, cost_type, currency,
    location_country, items, quantity, charged_quantity, cost_micros, folded)
SELECT organization_id, account_id, day, type, direction, cost_type, currency, location_country, sum(items),
    sum(quantity), sum(charged_quantity), sum(cost_micros), true
FROM usage_line_days GROUP BY 1, 2, 3, 4, 5, 6, 7, 8;

ALTER TABLE usage_line_days ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_organization ON usage_line_days USING (organization_id = current_organization());
ALTER TABLE usage_account_days ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_organization ON usage_account_days USING (organization_id = current_organization());
GRANT SELECT ON usage_line_days, usage_account_days TO ${requests};
