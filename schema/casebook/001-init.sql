-- What casepost made of the archive. Deleting this database loses nothing: `casepost rebuild`
-- makes an equal one.

CREATE TABLE meta (
    key   TEXT PRIMARY KEY,                        -- 'position': archive.message.seq derived up to; 'derivation': program and tables; 'told': in a rebuild, change.seq of the feed taken on
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE message (
    id               INTEGER PRIMARY KEY,          -- archive.message.id
    seq              INTEGER NOT NULL UNIQUE,      -- archive.message.seq
    sha256           TEXT    NOT NULL,             -- hexadecimal
    size_bytes       INTEGER NOT NULL,
    state            TEXT    NOT NULL CHECK (state IN ('read', 'set_aside')),
    set_aside_reason TEXT,                         -- for people
    set_aside_at     INTEGER,                      -- Unix seconds
    message_id       TEXT,                         -- RFC 5322 3.6.4, with its angle brackets
    from_name        TEXT,
    from_address     TEXT,
    recipients       TEXT NOT NULL DEFAULT '[]',   -- JSON: [{"name":…,"address":…}]
    subject          TEXT,
    date             TEXT,                         -- RFC 3339 in the sender's zone
    sorted_at        INTEGER NOT NULL,             -- Unix seconds: Date, else INTERNALDATE, else archived
    class            TEXT,
    class_confidence REAL,
    class_reason     TEXT,
    language         TEXT,                         -- ISO 639-1
    text             TEXT,                         -- the whole decoded text
    reply_text       TEXT,                         -- the sender's own words
    signature        TEXT,
    spans            TEXT NOT NULL DEFAULT '[]',   -- JSON: [[kind, start, end, level]], kind as in read/mail.h
    bounce           TEXT,                         -- JSON: {"recipients":[…]}; NULL if it is none
    automation       TEXT NOT NULL DEFAULT '{}',   -- JSON: what the headers say about the sender
    problems         TEXT NOT NULL DEFAULT '[]',   -- JSON: [{"code":…,"detail":…}]
    thread           INTEGER NOT NULL DEFAULT 0,   -- number of the thread: the smallest message id in it
    answered         TEXT                          -- RFC 3339; NULL: not answered
) STRICT;
-- Holds all that a list filters and sorts by, so that it reads no texts.
CREATE INDEX message_by_date ON message (sorted_at, id, class, state, language, answered, from_address, from_name, subject);
CREATE INDEX message_by_class ON message (class, sorted_at);
CREATE INDEX message_by_thread ON message (thread);
CREATE INDEX message_by_message_id ON message (message_id);
CREATE INDEX message_set_aside ON message (id) WHERE state = 'set_aside';

-- Which message ids (RFC 5322) a message refers to; joins threads whatever the order of arrival.
CREATE TABLE reference (
    message   INTEGER NOT NULL REFERENCES message (id) ON DELETE CASCADE,
    refers_to TEXT    NOT NULL,
    PRIMARY KEY (message, refers_to)
) STRICT, WITHOUT ROWID;
CREATE INDEX reference_by_id ON reference (refers_to);

CREATE TABLE attachment (
    message    INTEGER NOT NULL REFERENCES message (id) ON DELETE CASCADE,
    ordinal    INTEGER NOT NULL,
    name       TEXT    NOT NULL,
    type       TEXT    NOT NULL,
    size_bytes INTEGER NOT NULL,
    sha256     TEXT    NOT NULL,                   -- hexadecimal
    text       TEXT,
    PRIMARY KEY (message, ordinal)
) STRICT;

-- One project that one message tells of, as extracted. Its id is made of the message's digest
-- and the ordinal; the earliest mention of a case lends the case its public id.
CREATE TABLE mention (
    id         TEXT    PRIMARY KEY,
    message    INTEGER NOT NULL REFERENCES message (id) ON DELETE CASCADE,
    ordinal    INTEGER NOT NULL,
    case_id    TEXT,                               -- the case it belongs to
    UNIQUE (message, ordinal)
) STRICT;
CREATE INDEX mention_by_case ON mention (case_id);

CREATE TABLE mention_value (
    mention    TEXT    NOT NULL REFERENCES mention (id) ON DELETE CASCADE,
    field      TEXT    NOT NULL,
    ordinal    INTEGER NOT NULL,
    value      TEXT    NOT NULL,
    confidence REAL    NOT NULL,
    method     TEXT    NOT NULL,
    part       TEXT,                               -- 'subject', 'text', 'attachment:NAME'; NULL: method 'sender'
    start      INTEGER,                            -- UTF-8 byte offsets in the part, end exclusive
    "end"      INTEGER,
    quote      TEXT,
    PRIMARY KEY (mention, field, ordinal)
) STRICT, WITHOUT ROWID;

-- Keys under which mentions may meet: folded names, threads. Makes merging local.
CREATE TABLE mention_key (
    key     TEXT NOT NULL,
    mention TEXT NOT NULL REFERENCES mention (id) ON DELETE CASCADE,
    PRIMARY KEY (key, mention)
) STRICT, WITHOUT ROWID;
CREATE INDEX mention_key_by_mention ON mention_key (mention);

-- A case: its mentions merged. "case" is a keyword, hence the name.
CREATE TABLE casefile (
    id         TEXT    PRIMARY KEY,
    first_at   INTEGER NOT NULL,                   -- Unix seconds of its earliest message
    last_at    INTEGER NOT NULL,                   -- and of its latest
    title      TEXT    NOT NULL,                   -- project name, else organisation and sector, for lists
    category   TEXT    NOT NULL,
    stage      TEXT,
    confidentiality TEXT
) STRICT;
CREATE INDEX casefile_by_date ON casefile (last_at, id);

-- The values of a case, each from the mention that says it.
CREATE TABLE case_value (
    case_id    TEXT    NOT NULL REFERENCES casefile (id) ON DELETE CASCADE,
    field      TEXT    NOT NULL,
    ordinal    INTEGER NOT NULL,
    value      TEXT    NOT NULL,
    confidence REAL    NOT NULL,
    method     TEXT    NOT NULL,
    message    INTEGER,                            -- message.id; NULL: a decision without a message
    part       TEXT,
    start      INTEGER,
    "end"      INTEGER,
    quote      TEXT,
    PRIMARY KEY (case_id, field, ordinal)
) STRICT, WITHOUT ROWID;
CREATE INDEX case_value_by_value ON case_value (field, value);
CREATE INDEX case_value_reviewed ON case_value (value) WHERE method = 'reviewed'; -- words that stand in no message

-- Full text. Rows of messages carry their id as rowid; contentless would need the old text to
-- delete, so the text columns are read back from message and attachment.
CREATE VIRTUAL TABLE search USING fts5 (
    subject, body, attachments,
    content = 'search_source', content_rowid = 'id',
    tokenize = "unicode61 remove_diacritics 2"
);
CREATE VIEW search_source (id, subject, body, attachments) AS
    SELECT m.id, coalesce(m.subject, ''), coalesce(m.text, ''),
           coalesce((SELECT group_concat(coalesce(a.name, '') || ' ' || coalesce(a.text, ''), ' ')
                     FROM (SELECT name, text FROM attachment
                           WHERE message = m.id ORDER BY ordinal) AS a), '')
    FROM message AS m;

-- Every change of the casebook, numbered and append-only: what a publisher or a feed reads.
CREATE TABLE change (
    seq    INTEGER PRIMARY KEY AUTOINCREMENT,
    at     INTEGER NOT NULL,                       -- Unix seconds
    kind   TEXT    NOT NULL CHECK (kind IN ('message', 'case')),
    id     TEXT    NOT NULL,
    what   TEXT    NOT NULL CHECK (what IN ('put', 'drop')),
    digest TEXT    NOT NULL                        -- of what is exported; equal content is not told twice
) STRICT;
CREATE INDEX change_by_object ON change (kind, id, seq);
