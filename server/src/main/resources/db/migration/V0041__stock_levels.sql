-- What happens to things of the operator's own, written in the transaction of the change, as `events` has it for the
-- organizations.
CREATE TABLE operator_events (
    id              uuid PRIMARY KEY,
    type            text NOT NULL,
    subject         text NOT NULL,
    occurred_at     timestamptz NOT NULL,
    data            jsonb NOT NULL
);

-- How much of the stock is free: of the numbers of a country, of the profiles of a type.
CREATE TABLE stock_levels (
    kind            text NOT NULL CHECK (kind IN ('numbers', 'profiles')),
    name            text NOT NULL,
    free            bigint NOT NULL,
    -- The lowest threshold that has been warned of and holds; absent while none does.
    warned          bigint,
    counted_at      timestamptz NOT NULL,
    PRIMARY KEY (kind, name)
);

CREATE INDEX quarantined_numbers ON number_stock (changed_at) WHERE state = 'quarantined';
