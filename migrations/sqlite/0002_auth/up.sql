CREATE TABLE users (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    email TEXT NOT NULL,
    name TEXT NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('author', 'editor', 'admin')),
    -- A PHC string (argon2id).
    password_hash TEXT NOT NULL,
    active INTEGER NOT NULL CHECK (active IN (0, 1)),
    -- The categories that they are limited to, as JSON; not limited without any.
    category_ids TEXT,
    version INTEGER NOT NULL,
    created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX users_email ON users (email);
CREATE INDEX users_created ON users (created_at, id);

-- A login, and the family of refresh tokens that came from it.
CREATE TABLE sessions (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    user_id BLOB NOT NULL REFERENCES users (id),
    -- The client's address, an IPv6 one cut to its /64.
    address TEXT NOT NULL,
    -- What the client says that it is, cut.
    user_agent TEXT,
    created_at INTEGER NOT NULL,
    -- When its newest refresh token was made.
    last_used_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    revoked_at INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX sessions_user ON sessions (user_id, address, created_at);
CREATE INDEX sessions_created ON sessions (user_id, created_at, id);
CREATE INDEX sessions_expires ON sessions (expires_at);

-- Refresh tokens by their SHA-256; the tokens themselves are not stored.
CREATE TABLE refresh_tokens (
    token_hash BLOB NOT NULL PRIMARY KEY,
    session_id BLOB NOT NULL REFERENCES sessions (id),
    created_at INTEGER NOT NULL,
    used_at INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX refresh_tokens_session ON refresh_tokens (session_id);

-- Failed logins of the last quarter of an hour, by account and by address.
CREATE TABLE login_failures (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    subject TEXT NOT NULL,
    at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX login_failures_subject ON login_failures (subject, at);
CREATE INDEX login_failures_at ON login_failures (at);

-- The keys that access tokens are signed with (Ed25519): the newest signs, the others still verify.
CREATE TABLE signing_keys (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    private_key BLOB NOT NULL,
    public_key BLOB NOT NULL,
    created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX signing_keys_created ON signing_keys (created_at);
