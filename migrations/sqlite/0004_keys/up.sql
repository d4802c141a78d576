-- Keys of programs. Revoked ones stay: saves name them.
CREATE TABLE api_keys (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    name TEXT NOT NULL,
    -- What it may do: names with spaces between.
    scopes TEXT NOT NULL,
    -- The categories that it is limited to, as JSON; not limited without any.
    category_ids TEXT,
    -- Secrets by their SHA-256, and how they begin; they themselves are not stored. After a rotation the previous one is good until an instant.
    secret_hash BLOB NOT NULL,
    prefix TEXT NOT NULL,
    previous_hash BLOB,
    previous_prefix TEXT,
    previous_until INTEGER,
    version INTEGER NOT NULL,
    created_by BLOB NOT NULL REFERENCES users (id),
    created_at INTEGER NOT NULL,
    expires_at INTEGER,
    revoked_at INTEGER,
    last_used_at INTEGER
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX api_keys_secret ON api_keys (secret_hash);
CREATE UNIQUE INDEX api_keys_previous ON api_keys (previous_hash);
CREATE INDEX api_keys_created ON api_keys (created_at, id);
