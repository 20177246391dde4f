-- Opt-outs are listed, newest first: each is called as the text that said so. Which text that was is not known of those
-- before; their ids say when they were.
ALTER TABLE sms_opt_outs ADD COLUMN id uuid;
UPDATE sms_opt_outs SET id = (lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0')
    || substr(md5(random()::text), 1, 20))::uuid;
ALTER TABLE sms_opt_outs ALTER COLUMN id SET NOT NULL;
CREATE UNIQUE INDEX sms_opt_outs_by_age ON sms_opt_outs (organization_id, id);
CREATE INDEX sms_opt_outs_from ON sms_opt_outs (organization_id, sender, id);
CREATE INDEX sms_opt_outs_to ON sms_opt_outs (organization_id, recipient, id);
