-- Until when a password is good that nobody chose; null = until it is changed.
ALTER TABLE users ADD COLUMN password_expires_at INTEGER;
