-- message_next: the first message after a position
SELECT m.seq, m.id, m.sha256, m.size_bytes, m.archived_at,
       coalesce((SELECT min(nullif(p.received_at, 0)) FROM place AS p WHERE p.message = m.seq), 0)
           AS received_at,
       coalesce((SELECT max(p.answered) FROM place AS p WHERE p.message = m.seq), 0) AS answered
FROM message AS m
WHERE m.seq > :after
ORDER BY m.seq
LIMIT 1;

-- message_by_id: one message by its public number
SELECT m.seq, m.id, m.sha256, m.size_bytes, m.archived_at,
       coalesce((SELECT min(nullif(p.received_at, 0)) FROM place AS p WHERE p.message = m.seq), 0)
           AS received_at,
       coalesce((SELECT max(p.answered) FROM place AS p WHERE p.message = m.seq), 0) AS answered
FROM message AS m
WHERE m.id = :id;

-- message_count_after: how many messages wait behind a position
SELECT count(*) AS count FROM message WHERE seq > :after;

-- message_by_digest: whether these bytes are here already
SELECT seq FROM message WHERE sha256 = :sha256;

-- message_id_taken: whether another message has the number already
SELECT 1 AS taken FROM message WHERE id = :id;

-- message_insert: a message that was never seen before
INSERT INTO message (id, sha256, size_bytes, archived_at)
VALUES (:id, :sha256, :size_bytes, :archived_at);

-- raw_insert: a piece of its bytes
INSERT INTO raw (message, ordinal, zstd) VALUES (:message, :ordinal, :zstd);

-- raw_read: all pieces of a message in order
SELECT zstd FROM raw WHERE message = :message ORDER BY ordinal;

-- folder_find: a folder under one UIDVALIDITY
SELECT id FROM folder WHERE mailbox = :mailbox AND name = :name AND uidvalidity = :uidvalidity;

-- folder_insert: a folder seen for the first time
INSERT INTO folder (mailbox, name, uidvalidity) VALUES (:mailbox, :name, :uidvalidity);

-- folder_compared: the outcome of a comparison with the server
UPDATE folder SET on_server = :on_server, pending = :pending, compared_at = :at WHERE id = :folder;

-- folder_known_uids: what is kept or refused already, in order; what is gone may come again
SELECT uid FROM place WHERE folder = :folder AND gone_since IS NULL
UNION
SELECT uid FROM refusal WHERE folder = :folder
ORDER BY uid;

-- folder_accounts: the accounting lines; of each folder the UIDVALIDITY compared last
SELECT f.mailbox, f.name, f.uidvalidity, f.on_server, f.pending, f.compared_at,
       (SELECT count(*) FROM place AS p WHERE p.folder = f.id AND p.gone_since IS NULL) AS archived,
       (SELECT count(*) FROM refusal AS r WHERE r.folder = f.id) AS refused
FROM folder AS f
WHERE f.id = (SELECT g.id FROM folder AS g
              WHERE g.mailbox = f.mailbox AND g.name = f.name
              ORDER BY g.compared_at DESC, g.id DESC LIMIT 1)
ORDER BY f.mailbox, f.name;

-- place_insert: a message was seen in a folder; seeing it again tells that it is there
INSERT INTO place (folder, uid, message, received_at, answered)
VALUES (:folder, :uid, :message, :received_at, :answered)
ON CONFLICT (folder, uid) DO UPDATE SET gone_since = NULL WHERE gone_since IS NOT NULL;

-- place_gone: the server has it no more
UPDATE place SET gone_since = :at
WHERE folder = :folder AND uid BETWEEN :first AND :last AND gone_since IS NULL;

-- refusal_gone: the server has it no more, so there is nothing left to ask for
DELETE FROM refusal WHERE folder = :folder AND uid BETWEEN :first AND :last;

-- file_place_insert: a message was seen in a file; seeing it again changes nothing
INSERT INTO file_place (path, ordinal, message) VALUES (:path, :ordinal, :message)
ON CONFLICT DO NOTHING;

-- refusal_insert: the server announces it and does not deliver
INSERT INTO refusal (folder, uid, reason, at) VALUES (:folder, :uid, :reason, :at)
ON CONFLICT (folder, uid) DO UPDATE SET reason = excluded.reason, at = excluded.at;

-- refusals: what the servers did not deliver
SELECT f.mailbox, f.name, f.uidvalidity, r.uid, r.reason, r.at
FROM refusal AS r JOIN folder AS f ON f.id = r.folder
ORDER BY r.at DESC, r.folder, r.uid;

-- sources: every place where a message was seen; in the order of their names
SELECT 'imap:' || f.mailbox || '/' || f.name AS source
FROM place AS p JOIN folder AS f ON f.id = p.folder
WHERE p.message = :message
UNION
SELECT path FROM file_place WHERE message = :message
ORDER BY source;

-- decisions_after: what researchers said since a position
SELECT seq, at, who, what, target, field, value FROM decision WHERE seq > :after ORDER BY seq;

-- decision_insert: what a researcher says
INSERT INTO decision (at, who, what, target, field, value)
VALUES (:at, :who, :what, :target, :field, :value);
