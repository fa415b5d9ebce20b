-- What came from outside, and nothing else: raw messages, where they were seen, how far each
-- folder is taken, and what people decided. Everything in the casebook is computed from here.

CREATE TABLE message (
    seq         INTEGER PRIMARY KEY AUTOINCREMENT, -- order of arrival; never used again
    id          INTEGER NOT NULL UNIQUE,           -- public number, made of the digest: the same wherever these bytes arrive
    sha256      BLOB    NOT NULL UNIQUE CHECK (length(sha256) = 32),
    size_bytes  INTEGER NOT NULL CHECK (size_bytes >= 0),
    archived_at INTEGER NOT NULL                   -- Unix seconds, UTC
) STRICT;

-- The raw bytes, in pieces of at most 1 MiB before compression, so that a message of any size
-- passes through bounded memory.
CREATE TABLE raw (
    message INTEGER NOT NULL REFERENCES message (seq) ON DELETE CASCADE,
    ordinal INTEGER NOT NULL CHECK (ordinal >= 0),
    zstd    BLOB    NOT NULL,                      -- one complete zstd frame
    UNIQUE (message, ordinal)
) STRICT;

-- A folder under one UIDVALIDITY (RFC 3501 2.3.1.1). Another UIDVALIDITY is another row; none is
-- ever removed because of what a server says.
CREATE TABLE folder (
    id          INTEGER PRIMARY KEY,
    mailbox     TEXT    NOT NULL,                  -- name in the configuration
    name        TEXT    NOT NULL,                  -- UTF-8
    uidvalidity INTEGER NOT NULL CHECK (uidvalidity BETWEEN 0 AND 4294967295),
    on_server   INTEGER NOT NULL DEFAULT 0,        -- messages there at the last comparison
    pending     INTEGER NOT NULL DEFAULT 0,        -- of these, not taken yet
    compared_at INTEGER NOT NULL DEFAULT 0,        -- Unix seconds of the last comparison; 0: never
    UNIQUE (mailbox, name, uidvalidity)
) STRICT;

-- Where a message was seen on a server. The same bytes may have many places.
CREATE TABLE place (
    folder      INTEGER NOT NULL REFERENCES folder (id),
    uid         INTEGER NOT NULL CHECK (uid BETWEEN 1 AND 4294967295),
    message     INTEGER NOT NULL REFERENCES message (seq) ON DELETE CASCADE,
    received_at INTEGER NOT NULL DEFAULT 0,        -- INTERNALDATE, Unix seconds; 0: none given
    answered    INTEGER NOT NULL DEFAULT 0 CHECK (answered IN (0, 1)), -- \Answered when it was taken
    gone_since  INTEGER,                           -- Unix seconds since when the server has it no more
    PRIMARY KEY (folder, uid)
) STRICT, WITHOUT ROWID;
CREATE INDEX place_by_message ON place (message);

-- Where a message was seen among files.
CREATE TABLE file_place (
    path    TEXT    NOT NULL,                      -- as given to import, and what lies below it
    ordinal INTEGER NOT NULL DEFAULT 0,            -- position in an mbox, from 1; 0: the file is the message
    message INTEGER NOT NULL REFERENCES message (seq) ON DELETE CASCADE,
    PRIMARY KEY (path, ordinal, message)
) STRICT, WITHOUT ROWID;
CREATE INDEX file_place_by_message ON file_place (message);

-- A message that the server announces and does not deliver, or that no limit lets in.
CREATE TABLE refusal (
    folder  INTEGER NOT NULL REFERENCES folder (id),
    uid     INTEGER NOT NULL CHECK (uid BETWEEN 1 AND 4294967295),
    reason  TEXT    NOT NULL,
    at      INTEGER NOT NULL,                      -- Unix seconds
    PRIMARY KEY (folder, uid)
) STRICT, WITHOUT ROWID;

-- What researchers said; wins over what is derived. Never changed, only followed by another.
CREATE TABLE decision (
    seq      INTEGER PRIMARY KEY AUTOINCREMENT,
    at       INTEGER NOT NULL,                     -- Unix seconds
    who      TEXT    NOT NULL,                     -- login name of the system or the site
    what     TEXT    NOT NULL CHECK (what IN ('set', 'clear', 'confirm', 'reject', 'merge', 'split', 'reclassify')),
    target   TEXT    NOT NULL,                     -- case id, or message id for reclassify
    field    TEXT,                                 -- for set and clear
    value    TEXT                                  -- new value, or the other case's id
) STRICT;
