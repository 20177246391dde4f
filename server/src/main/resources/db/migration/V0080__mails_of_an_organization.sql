-- Of mails in the organization's name: whom an answer reaches, and the language for whoever has none of their own (BCP
-- 47). Absent: the operator's settings.
ALTER TABLE organizations ADD COLUMN mail_reply_to text;
ALTER TABLE organizations ADD COLUMN mail_language text;
