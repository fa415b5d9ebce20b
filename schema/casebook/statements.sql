-- meta_get: a fact about this casebook
SELECT value FROM meta WHERE key = :key;

-- meta_put: a fact about this casebook
INSERT INTO meta (key, value) VALUES (:key, :value)
ON CONFLICT (key) DO UPDATE SET value = excluded.value;

-- message_put: a message that was read
INSERT INTO message (id, seq, sha256, size_bytes, state, message_id, from_name, from_address,
    recipients, subject, date, sorted_at, class, class_confidence, class_reason, language, text,
    reply_text, signature, spans, bounce, automation, problems, thread, answered)
VALUES (:id, :seq, :sha256, :size_bytes, 'read', :message_id, :from_name, :from_address,
    :recipients, :subject, :date, :sorted_at, :class, :class_confidence, :class_reason, :language,
    :text, :reply_text, :signature, :spans, :bounce, :automation, :problems, :id, :answered);

-- message_put_aside: a message that could not be read
INSERT INTO message (id, seq, sha256, size_bytes, state, set_aside_reason, set_aside_at, sorted_at,
    thread)
VALUES (:id, :seq, :sha256, :size_bytes, 'set_aside', :reason, :at, :sorted_at, :id);

-- message_known: whether a message is here, and its thread
SELECT thread FROM message WHERE id = :id;

-- message_drop: forgets a message; what hangs on it goes along
DELETE FROM message WHERE id = :id;

-- search_put: makes a message's words findable
INSERT INTO search (rowid, subject, body, attachments)
SELECT id, subject, body, attachments FROM search_source WHERE id = :id;

-- search_drop: takes a message's words out; to be run before its texts go
INSERT INTO search (search, rowid, subject, body, attachments)
SELECT 'delete', id, subject, body, attachments FROM search_source WHERE id = :id;

-- attachment_put: an attachment and its text
INSERT INTO attachment (message, ordinal, name, type, size_bytes, sha256, text)
VALUES (:message, :ordinal, :name, :type, :size_bytes, :sha256, :text);

-- reference_put: a message id that a message refers to
INSERT INTO reference (message, refers_to) VALUES (:message, :refers_to) ON CONFLICT DO NOTHING;

-- thread_neighbours: the threads that a message joins: those it refers to, those that refer to it,
-- and those of messages that claim the same id
SELECT DISTINCT n.thread FROM message AS n
WHERE n.id IN (
    SELECT t.id FROM reference AS r JOIN message AS t ON t.message_id = r.refers_to
    WHERE r.message = :id
    UNION ALL
    SELECT r.message FROM message AS m JOIN reference AS r ON r.refers_to = m.message_id
    WHERE m.id = :id
    UNION ALL
    SELECT d.id FROM message AS m JOIN message AS d ON d.message_id = m.message_id
    WHERE m.id = :id);

-- thread_move: one thread becomes part of another
UPDATE message SET thread = :to WHERE thread = :from;

-- thread_scatter: every message of a thread on its own again, before it is joined anew
UPDATE message SET thread = id WHERE thread = :thread;

-- thread_messages: the messages of a thread
SELECT id FROM message WHERE thread = :thread ORDER BY id;

-- mention_put: one project that a message tells of
INSERT INTO mention (id, message, ordinal) VALUES (:id, :message, :ordinal);

-- mention_value_put: what a mention says
INSERT INTO mention_value (mention, field, ordinal, value, confidence, method, part, start, "end",
    quote)
VALUES (:mention, :field, :ordinal, :value, :confidence, :method, :part, :start, :end, :quote);

-- mention_key_put: a key under which a mention may meet others of its case
INSERT INTO mention_key (key, mention) VALUES (:key, :mention) ON CONFLICT DO NOTHING;

-- mention_candidates: mentions that may be of the same case: a common key or a common thread
SELECT DISTINCT o.id, o.case_id
FROM mention_key AS k
JOIN mention_key AS p ON p.key = k.key
JOIN mention AS o ON o.id = p.mention
WHERE k.mention = :mention AND o.id <> :mention
UNION
SELECT o.id, o.case_id
FROM mention AS m
JOIN message AS a ON a.id = m.message
JOIN message AS b ON b.thread = a.thread
JOIN mention AS o ON o.message = b.id
WHERE m.id = :mention AND o.id <> :mention
ORDER BY 1;

-- mention_read: where a mention stands
SELECT m.id, m.message, m.ordinal, m.case_id, g.sorted_at, g.thread, g.from_address, g.class,
       (SELECT count(*) FROM mention AS n WHERE n.message = m.message) AS siblings
FROM mention AS m JOIN message AS g ON g.id = m.message
WHERE m.id = :mention;

-- mention_values: what a mention says, in the order of the fields as extracted
SELECT v.field, v.ordinal, v.value, v.confidence, v.method, v.part, v.start, v."end", v.quote
FROM mention_value AS v WHERE v.mention = :mention ORDER BY v.field, v.ordinal;

-- mentions_loose: mentions without a case
SELECT id FROM mention WHERE case_id IS NULL ORDER BY id;

-- mentions_of_message: the mentions of a message
SELECT id, case_id FROM mention WHERE message = :message ORDER BY ordinal;

-- mention_settle: the case of a mention
UPDATE mention SET case_id = :case WHERE id = :mention;

-- case_dissolve: lets the mentions of a case go
UPDATE mention SET case_id = NULL WHERE case_id = :case;

-- case_absorb: all mentions of one case become another's
UPDATE mention SET case_id = :to WHERE case_id = :from;

-- case_of_thread: cases of the mentions of a thread, whose company has changed
SELECT DISTINCT m.case_id FROM message AS g JOIN mention AS m ON m.message = g.id
WHERE g.thread = :thread AND m.case_id IS NOT NULL;

-- case_mentions: the mentions of a case in the order of time
SELECT m.id, m.message, m.ordinal, g.sorted_at, g.from_address
FROM mention AS m JOIN message AS g ON g.id = m.message
WHERE m.case_id = :case
ORDER BY g.sorted_at, g.id, m.ordinal;

-- case_drop: forgets a case's merged values; its mentions stay
DELETE FROM casefile WHERE id = :case;

-- case_put: a case
INSERT INTO casefile (id, first_at, last_at, title, category, stage, confidentiality)
VALUES (:id, :first_at, :last_at, :title, :category, :stage, :confidentiality);

-- case_value_put: a value of a case and the words that say it
INSERT INTO case_value (case_id, field, ordinal, value, confidence, method, message, part, start,
    "end", quote)
VALUES (:case, :field, :ordinal, :value, :confidence, :method, :message, :part, :start, :end,
    :quote);

-- change_last: the last change told of an object
SELECT what, digest FROM change WHERE kind = :kind AND id = :id ORDER BY seq DESC LIMIT 1;

-- change_put: tells a change
INSERT INTO change (at, kind, id, what, digest) VALUES (:at, :kind, :id, :what, :digest);

-- change_all: the whole feed in order
SELECT seq, at, kind, id, what, digest FROM change ORDER BY seq;

-- change_max: how far the feed has come
SELECT coalesce(max(seq), 0) AS seq FROM change;

-- change_reduce: of what was told behind a position, leaves only what is last and truly new
DELETE FROM change AS c
WHERE c.seq > :told
  AND (EXISTS (SELECT 1 FROM change AS l WHERE l.kind = c.kind AND l.id = c.id AND l.seq > c.seq)
       OR coalesce((SELECT b.what || b.digest FROM change AS b
                    WHERE b.kind = c.kind AND b.id = c.id AND b.seq <= :told
                    ORDER BY b.seq DESC LIMIT 1), 'drop') = c.what || c.digest);

-- meta_drop: forgets a fact about this casebook
DELETE FROM meta WHERE key = :key;

-- change_copy: a change as an earlier casebook told it
INSERT INTO change (seq, at, kind, id, what, digest)
VALUES (:seq, :at, :kind, :id, :what, :digest);

-- change_vanished: objects that the feed still has and the casebook no more
SELECT c.kind, c.id FROM change AS c
WHERE c.seq = (SELECT max(d.seq) FROM change AS d WHERE d.kind = c.kind AND d.id = c.id)
  AND c.what = 'put'
  AND CASE c.kind
      WHEN 'message' THEN NOT EXISTS (SELECT 1 FROM message AS m WHERE m.id = CAST(c.id AS INTEGER))
      ELSE NOT EXISTS (SELECT 1 FROM casefile AS f WHERE f.id = c.id) END;

-- set_aside_ids: messages that could not be read
SELECT id, seq FROM message WHERE state = 'set_aside' ORDER BY id;

-- set_aside_seq: the archive's position of a message that could not be read
SELECT seq FROM message WHERE id = :id AND state = 'set_aside';

-- touched_create: cases whose mentions changed in this transaction; private to the connection
CREATE TEMP TABLE IF NOT EXISTS touched (id TEXT PRIMARY KEY) WITHOUT ROWID;

-- touched_put: a case to look at when the transaction settles
INSERT INTO temp.touched (id) VALUES (:id) ON CONFLICT DO NOTHING;

-- touched_cases: touched cases that still have mentions
SELECT t.id FROM temp.touched AS t
WHERE EXISTS (SELECT 1 FROM mention AS m WHERE m.case_id = t.id) ORDER BY t.id;

-- touched_gone: touched cases that are no more, and were told of
SELECT t.id FROM temp.touched AS t
WHERE NOT EXISTS (SELECT 1 FROM casefile AS f WHERE f.id = t.id) ORDER BY t.id;

-- touched_clear: forgets them
DELETE FROM temp.touched;

-- message_seqs_after: which messages of the archive are here, in order
SELECT seq FROM message WHERE seq > :after ORDER BY seq;
