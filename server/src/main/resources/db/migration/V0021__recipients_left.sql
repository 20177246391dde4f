-- Of a mail that some of its recipients have: {"left": […], "refused": ["ADDRESS: CODE WORDS"]}, sealed like these.
ALTER TABLE deliveries ADD COLUMN sealed_progress bytea;
