-- The organization's name in mails, where that is another than its own.
ALTER TABLE organizations ADD COLUMN mail_name text;
