-- What came back of a mail (RFC 3464) after the mail server had taken it.
ALTER TABLE deliveries DROP CONSTRAINT deliveries_state_check;
ALTER TABLE deliveries ADD CONSTRAINT deliveries_state_check
    CHECK (state IN ('pending', 'sent', 'failed', 'bounced'));
-- {"bounces": [{address, recipient, status, diagnostic, at}]} sealed under the person's key, since it names recipients.
ALTER TABLE deliveries ADD COLUMN sealed_bounces bytea;
-- Of whom nothing came back; null as long as that is all of them. Not more than were refused: nobody has the mail.
ALTER TABLE deliveries ADD COLUMN left_recipients integer;
-- A report names a delivery, not an organization.
CREATE INDEX deliveries_by_id ON deliveries (id);

-- How far each bounce mailbox is read (RFC 9051 2.3.1.1). The operator's.
CREATE TABLE bounce_mailboxes (
    mailbox  text PRIMARY KEY,
    validity bigint NOT NULL,
    uid      bigint NOT NULL
);
