CREATE TABLE users (
    id UUID NOT NULL PRIMARY KEY,
    email TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    role TEXT COLLATE "C" NOT NULL CHECK (role IN ('author', 'editor', 'admin')),
    -- A PHC string (argon2id).
    password_hash TEXT COLLATE "C" NOT NULL,
    active BOOLEAN NOT NULL,
    -- The categories that they are limited to, as JSON; not limited without any.
    category_ids TEXT,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX users_email ON users (email);
CREATE INDEX users_created ON users (created_at, id);

-- A login, and the family of refresh tokens that came from it.
CREATE TABLE sessions (
    id UUID NOT NULL PRIMARY KEY,
    user_id UUID NOT NULL REFERENCES users (id),
    -- The client's address, an IPv6 one cut to its /64.
    address TEXT COLLATE "C" NOT NULL,
    -- What the client says that it is, cut.
    user_agent TEXT,
    created_at BIGINT NOT NULL,
    -- When its newest refresh token was made.
    last_used_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    revoked_at BIGINT
);
CREATE INDEX sessions_user ON sessions (user_id, address, created_at);
CREATE INDEX sessions_created ON sessions (user_id, created_at, id);
CREATE INDEX sessions_expires ON sessions (expires_at);

-- Refresh tokens by their SHA-256; the tokens themselves are not stored.
CREATE TABLE refresh_tokens (
    token_hash BYTEA NOT NULL PRIMARY KEY,
    session_id UUID NOT NULL REFERENCES sessions (id),
    created_at BIGINT NOT NULL,
    used_at BIGINT
);
CREATE INDEX refresh_tokens_session ON refresh_tokens (session_id);

-- Failed logins of the last quarter of an hour, by account and by address.
CREATE TABLE login_failures (
    id UUID NOT NULL PRIMARY KEY,
    subject TEXT COLLATE "C" NOT NULL,
    at BIGINT NOT NULL
);
CREATE INDEX login_failures_subject ON login_failures (subject, at);
CREATE INDEX login_failures_at ON login_failures (at);

-- The keys that access tokens are signed with (Ed25519): the newest signs, the others still verify.
CREATE TABLE signing_keys (
    id UUID NOT NULL PRIMARY KEY,
    private_key BYTEA NOT NULL,
    public_key BYTEA NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX signing_keys_created ON signing_keys (created_at);
