-- What has been told of an allowance that is used up to a share of it, or of an amount of money that was reached: once
-- in a period and for each level.
CREATE TABLE usage_thresholds (
    organization_id uuid NOT NULL,
    -- The product, account or line.
    holder_id       uuid NOT NULL,
    -- The allowance, or the currency.
    what            text COLLATE "C" NOT NULL,
    period_from     timestamptz NOT NULL,
    -- A percentage, or minor units.
    level           bigint NOT NULL,
    raised_at       timestamptz NOT NULL,
    PRIMARY KEY (organization_id, holder_id, what, period_from, level)
);
ALTER TABLE usage_thresholds ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_organization ON usage_thresholds USING (organization_id = current_organization());
GRANT SELECT ON usage_thresholds TO ${requests};
