-- A text, as it was accepted. Its words are a person's: sealed under the key of the person who holds the number that it
-- is sent from, and gone when their retention is over.
CREATE TABLE sms (
    organization_id uuid NOT NULL REFERENCES organizations,
    id              uuid NOT NULL,
    sender          text NOT NULL CHECK (sender ~ '^[0-9]{1,15}$'),
    subscription_id uuid NOT NULL,
    person_id       uuid NOT NULL,
    sealed_text     bytea,
    encoding        text NOT NULL CHECK (encoding IN ('gsm7', 'ucs2')),
    segments        smallint NOT NULL,
    scheduled       boolean NOT NULL,
    canceled        boolean NOT NULL DEFAULT false,
    client_id       text NOT NULL,
    correlation_id  text NOT NULL,
    created_at      timestamptz NOT NULL,
    send_at         timestamptz NOT NULL,
    expires_at      timestamptz NOT NULL,
    PRIMARY KEY (organization_id, id),
    FOREIGN KEY (organization_id, subscription_id) REFERENCES subscriptions (organization_id, id),
    FOREIGN KEY (organization_id, person_id) REFERENCES subscribers (organization_id, id)
);
CREATE INDEX sms_by_sender ON sms (organization_id, sender, id);
CREATE INDEX sms_by_subscription ON sms (organization_id, subscription_id, id);
CREATE INDEX sms_with_text ON sms (created_at) WHERE sealed_text IS NOT NULL;

-- Each recipient by itself: what is left to do is here, and leased here. A row that is leased is due later; `in_doubt`
-- says that it may have been sent by whoever had it.
CREATE TABLE sms_recipients (
    organization_id uuid NOT NULL,
    sms_id          uuid NOT NULL,
    position        integer NOT NULL,
    msisdn          text NOT NULL CHECK (msisdn ~ '^[0-9]{1,15}$'),
    state           text NOT NULL CHECK (state IN ('accepted', 'sent', 'delivered', 'undelivered', 'expired',
                                                   'rejected', 'unknown')),
    smsc            text,
    segments        smallint NOT NULL,
    -- Submissions that it takes, and as bits those that the SMSC has accepted, and those whose end is known.
    parts           smallint NOT NULL CHECK (parts BETWEEN 0 AND 30),
    sent_parts      integer NOT NULL DEFAULT 0,
    done_parts      integer NOT NULL DEFAULT 0,
    due_at          timestamptz NOT NULL,
    expires_at      timestamptz NOT NULL,
    lease           uuid,
    in_doubt        boolean NOT NULL DEFAULT false,
    attempt         smallint NOT NULL DEFAULT 0,
    -- How often it was sent again although it may have arrived.
    repeats         smallint NOT NULL DEFAULT 0,
    -- The worst that a part came to, before all have come to an end.
    failure         text,
    error_code      text,
    error_detail    text,
    sent_at         timestamptz,
    done_at         timestamptz,
    PRIMARY KEY (organization_id, sms_id, position),
    FOREIGN KEY (organization_id, sms_id) REFERENCES sms (organization_id, id)
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02);
CREATE INDEX due_sms_recipients ON sms_recipients (smsc, organization_id, due_at) WHERE state = 'accepted';
CREATE INDEX open_sms_recipients ON sms_recipients (expires_at) WHERE state IN ('accepted', 'sent');

-- What an SMSC calls a submission, known from its response, from its receipt, or both: whichever comes first waits here
-- for the other. The operator's: a receipt names no organization.
CREATE TABLE sms_parts (
    smsc            text NOT NULL,
    message_id      text NOT NULL,
    organization_id uuid,
    sms_id          uuid,
    position        integer,
    part            smallint,
    receipt         text CHECK (receipt IN ('delivered', 'undelivered', 'expired', 'rejected', 'unknown')),
    receipt_error   text,
    at              timestamptz NOT NULL,
    PRIMARY KEY (smsc, message_id)
) WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02);
CREATE INDEX sms_parts_by_age ON sms_parts USING brin (at);

-- Texts to the organization's numbers.
CREATE TABLE sms_inbound (
    organization_id uuid NOT NULL REFERENCES organizations,
    id              uuid NOT NULL,
    sender          text NOT NULL,
    recipient       text NOT NULL CHECK (recipient ~ '^[0-9]{1,15}$'),
    subscription_id uuid NOT NULL,
    person_id       uuid NOT NULL,
    sealed_text     bytea,
    received_at     timestamptz NOT NULL,
    PRIMARY KEY (organization_id, id),
    FOREIGN KEY (organization_id, subscription_id) REFERENCES subscriptions (organization_id, id),
    FOREIGN KEY (organization_id, person_id) REFERENCES subscribers (organization_id, id)
);
CREATE INDEX sms_inbound_by_recipient ON sms_inbound (organization_id, recipient, id);
CREATE INDEX sms_inbound_with_text ON sms_inbound (received_at) WHERE sealed_text IS NOT NULL;

-- Segments that wait for the others of their text; the operator's, until it is known whose the text is.
CREATE TABLE sms_inbound_parts (
    smsc            text NOT NULL,
    sender          text NOT NULL,
    recipient       text NOT NULL,
    reference       integer NOT NULL,
    total           smallint NOT NULL,
    number          smallint NOT NULL,
    sealed_text     bytea NOT NULL,
    at              timestamptz NOT NULL,
    PRIMARY KEY (smsc, sender, recipient, reference, total, number)
);

-- Who wants no texts from a number of the organization's.
CREATE TABLE sms_opt_outs (
    organization_id uuid NOT NULL REFERENCES organizations,
    sender          text NOT NULL,
    recipient       text NOT NULL,
    word            text NOT NULL,
    at              timestamptz NOT NULL,
    PRIMARY KEY (organization_id, sender, recipient)
);
CREATE INDEX sms_opt_outs_by_sender ON sms_opt_outs (sender);
CREATE INDEX sms_opt_outs_by_recipient ON sms_opt_outs (recipient);

-- A number that gets a new holder begins anew, on either side.
CREATE FUNCTION forget_sms_opt_outs() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM sms_opt_outs) THEN
        DELETE FROM sms_opt_outs o USING held WHERE o.sender = held.msisdn;
        DELETE FROM sms_opt_outs o USING held WHERE o.recipient = held.msisdn;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER phone_numbers_forget_sms_opt_outs AFTER INSERT ON phone_numbers
    REFERENCING NEW TABLE AS held FOR EACH STATEMENT EXECUTE FUNCTION forget_sms_opt_outs();

ALTER TABLE sms ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_organization ON sms USING (organization_id = current_organization());
ALTER TABLE sms_recipients ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_organization ON sms_recipients USING (organization_id = current_organization());
ALTER TABLE sms_inbound ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_organization ON sms_inbound USING (organization_id = current_organization());
ALTER TABLE sms_opt_outs ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_organization ON sms_opt_outs USING (organization_id = current_organization());
GRANT SELECT, INSERT ON sms, sms_recipients TO ${requests};
GRANT UPDATE (canceled) ON sms TO ${requests};
GRANT UPDATE (state, error_code, error_detail, done_at) ON sms_recipients TO ${requests};
GRANT SELECT ON sms_inbound, sms_opt_outs TO ${requests};
