-- version: the last change and how far the archive is read; equal content gives equal answers
SELECT coalesce((SELECT max(seq) FROM change), 0) AS change,
       coalesce((SELECT at FROM change ORDER BY seq DESC LIMIT 1), 0) AS at,
       (SELECT count(*) FROM message WHERE state = 'set_aside') AS set_aside,
       coalesce((SELECT value FROM meta WHERE key = 'position'), '0') AS position;

-- cases_select: ids of the cases that pass all filters, in order; NULL does not filter
SELECT c.id
FROM casefile AS c
WHERE (:category IS NULL OR c.category = :category)
  AND (:stage IS NULL OR c.stage = :stage)
  AND (:confidentiality IS NULL OR c.confidentiality = :confidentiality)
  AND (:country IS NULL OR c.id IN (
        SELECT v.case_id FROM case_value AS v
        WHERE v.field = 'country' AND v.value = upper(:country)))
  AND (:sector IS NULL OR c.id IN (
        SELECT v.case_id FROM case_value AS v WHERE v.field = 'sector' AND v.value = :sector))
  AND (:platform IS NULL OR c.id IN (
        SELECT v.case_id FROM case_value AS v WHERE v.field = 'platform' AND v.value = :platform))
  AND (:reason IS NULL OR c.id IN (
        SELECT v.case_id FROM case_value AS v WHERE v.field = 'reasons' AND v.value = :reason))
  AND (:level IS NULL OR c.id IN (
        SELECT v.case_id FROM case_value AS v WHERE v.field = 'level' AND v.value = :level))
  AND (:language IS NULL OR c.id IN (
        SELECT n.case_id FROM message AS m JOIN mention AS n ON n.message = m.id
        WHERE m.language = lower(:language)))
  AND (:class IS NULL OR c.id IN (
        SELECT n.case_id FROM message AS m JOIN mention AS n ON n.message = m.id
        WHERE m.class = :class))
  AND (:state IS NULL OR :state = 'read')
  AND (:answered IS NULL OR c.id IN (
        SELECT n.case_id FROM mention AS n JOIN message AS m ON m.id = n.message
        WHERE (m.answered IS NOT NULL) = (:answered = 'yes')))
  AND (:waiting IS NULL OR c.id IN (
        SELECT n.case_id FROM mention AS n JOIN message AS m ON m.id = n.message
        WHERE m.class IN ('submission', 'question') AND m.answered IS NULL))
  AND (:since IS NULL OR c.last_at >= :since)
  AND (:until IS NULL OR c.first_at < :until)
  AND (:match IS NULL OR c.id IN (
        SELECT n.case_id FROM mention AS n
        WHERE n.message IN (SELECT rowid FROM search WHERE search MATCH :match)
        UNION ALL
        SELECT v.case_id FROM case_value AS v
        WHERE v.field IN ('country', 'sector', 'platform', 'network', 'stage', 'category', 'level')
          AND v.value IN (lower(:q), upper(:q), :q)
        UNION ALL
        SELECT v.case_id FROM case_value AS v
        WHERE v.method = 'reviewed' AND instr(lower(v.value), lower(:q)) > 0))
ORDER BY CASE :order WHEN 'newest' THEN -c.last_at WHEN 'oldest' THEN c.first_at END,
         CASE :order WHEN 'title' THEN c.title END COLLATE NOCASE, c.id;

-- cases_newest: a page of all cases without a sort: what people open first
SELECT id FROM casefile ORDER BY last_at DESC, id LIMIT :limit OFFSET :offset;

-- cases_count: how many there are
SELECT count(*) AS count FROM casefile;

-- case_row: a case as a line of a list
SELECT c.id, c.title, c.category, c.stage, c.confidentiality, c.first_at, c.last_at,
       (SELECT group_concat(s.value, ', ') FROM (
            SELECT v.value FROM case_value AS v
            WHERE v.case_id = c.id AND v.field = 'country' ORDER BY v.ordinal) AS s) AS countries,
       (SELECT group_concat(s.value, ', ') FROM (
            SELECT v.value FROM case_value AS v
            WHERE v.case_id = c.id AND v.field = 'sector' ORDER BY v.ordinal) AS s) AS sectors,
       (SELECT group_concat(s.value, ', ') FROM (
            SELECT v.value FROM case_value AS v
            WHERE v.case_id = c.id AND v.field = 'platform' ORDER BY v.ordinal) AS s) AS platforms,
       (SELECT v.value FROM case_value AS v
        WHERE v.case_id = c.id AND v.field = 'organisation' ORDER BY v.ordinal LIMIT 1)
           AS organisation,
       (SELECT count(DISTINCT n.message) FROM mention AS n WHERE n.case_id = c.id)
           AS message_count
FROM casefile AS c
WHERE c.id = :id;

-- case_find: the case that an id leads to: its own, or that of any of its mentions
SELECT id FROM casefile WHERE id = :id
UNION ALL
SELECT n.case_id AS id FROM mention AS n JOIN casefile AS c ON c.id = n.case_id WHERE n.id = :id
LIMIT 1;

-- case_values: what a case says, and where it says it
SELECT v.case_id, v.field, v.value, v.confidence, v.method, coalesce(v.message, 0) AS message,
       v.part, coalesce(v.start, 0) AS start, coalesce(v."end", 0) AS end, v.quote
FROM case_value AS v
WHERE v.case_id = :id
ORDER BY v.field, v.ordinal;

-- case_messages: the messages that tell of a case, oldest first
SELECT m.id, m.subject, m.from_name, m.from_address, m.class, m.state, m.set_aside_reason,
       m.language, m.answered, m.sorted_at
FROM message AS m
WHERE m.id IN (SELECT n.message FROM mention AS n WHERE n.case_id = :id)
ORDER BY m.sorted_at, m.id;

-- messages_select: ids of the messages that pass all filters, in order; NULL does not filter
SELECT m.id
FROM message AS m
WHERE (:class IS NULL OR m.class = :class)
  AND (:state IS NULL OR m.state = :state)
  AND (:language IS NULL OR m.language = lower(:language))
  AND (:answered IS NULL OR (m.answered IS NOT NULL) = (:answered = 'yes'))
  AND (:waiting IS NULL OR (m.class IN ('submission', 'question') AND m.answered IS NULL))
  AND (:since IS NULL OR m.sorted_at >= :since)
  AND (:until IS NULL OR m.sorted_at < :until)
  AND (:category IS NULL OR m.id IN (
        SELECT n.message FROM casefile AS c JOIN mention AS n ON n.case_id = c.id
        WHERE c.category = :category))
  AND (:stage IS NULL OR m.id IN (
        SELECT n.message FROM casefile AS c JOIN mention AS n ON n.case_id = c.id
        WHERE c.stage = :stage))
  AND (:confidentiality IS NULL OR m.id IN (
        SELECT n.message FROM casefile AS c JOIN mention AS n ON n.case_id = c.id
        WHERE c.confidentiality = :confidentiality))
  AND (:country IS NULL OR m.id IN (
        SELECT n.message FROM case_value AS v JOIN mention AS n ON n.case_id = v.case_id
        WHERE v.field = 'country' AND v.value = upper(:country)))
  AND (:sector IS NULL OR m.id IN (
        SELECT n.message FROM case_value AS v JOIN mention AS n ON n.case_id = v.case_id
        WHERE v.field = 'sector' AND v.value = :sector))
  AND (:platform IS NULL OR m.id IN (
        SELECT n.message FROM case_value AS v JOIN mention AS n ON n.case_id = v.case_id
        WHERE v.field = 'platform' AND v.value = :platform))
  AND (:reason IS NULL OR m.id IN (
        SELECT n.message FROM case_value AS v JOIN mention AS n ON n.case_id = v.case_id
        WHERE v.field = 'reasons' AND v.value = :reason))
  AND (:level IS NULL OR m.id IN (
        SELECT n.message FROM case_value AS v JOIN mention AS n ON n.case_id = v.case_id
        WHERE v.field = 'level' AND v.value = :level))
  AND (:match IS NULL OR m.id IN (SELECT rowid FROM search WHERE search MATCH :match)
       OR m.from_address = lower(:q) OR instr(lower(m.from_name), lower(:q)) > 0)
ORDER BY CASE :order WHEN 'newest' THEN -m.sorted_at WHEN 'oldest' THEN m.sorted_at END,
         CASE :order WHEN 'title' THEN m.subject END COLLATE NOCASE, m.id;

-- messages_newest: a page of all messages without a sort
SELECT id FROM message ORDER BY sorted_at DESC, id LIMIT :limit OFFSET :offset;

-- messages_waiting: submissions and questions that wait longest (the plus keeps SQLite on the index
-- by date, where it stops when it has enough)
SELECT id FROM message
WHERE +class IN ('submission', 'question') AND answered IS NULL
ORDER BY sorted_at, id
LIMIT :limit OFFSET :offset;

-- messages_set_aside: messages that could not be read, newest first; there are few, and an index of
-- them (the plus keeps SQLite on it)
SELECT id FROM message WHERE state = 'set_aside'
ORDER BY +sorted_at DESC, id
LIMIT :limit OFFSET :offset;

-- messages_count: how many there are
SELECT count(*) AS count FROM message;

-- message_row: a message as a line of a list
SELECT m.id, m.subject, m.from_name, m.from_address, m.class, m.state, m.set_aside_reason,
       m.language, m.answered, m.sorted_at
FROM message AS m
WHERE m.id = :id;

-- message_snippets: the words around what was searched; one walk along the matches for a whole
-- page (the plus keeps SQLite from searching anew for each id)
SELECT rowid AS id, snippet(search, -1, char(2), char(3), '…', 24) AS snippet
FROM search
WHERE search MATCH :match AND +rowid IN (SELECT value FROM json_each(:ids));

-- message_detail: everything about a message but what hangs on it
SELECT m.id, m.seq, m.subject, m.from_name, m.from_address, m.class, m.state, m.set_aside_reason,
       m.language, m.answered, m.sorted_at, m.message_id, m.date, m.recipients, m.class_reason,
       coalesce(m.class_confidence, 0) AS class_confidence, m.text, m.reply_text, m.signature,
       m.problems, m.bounce, m.sha256, m.size_bytes, m.thread,
       (SELECT group_concat(
            trim(coalesce(r.value ->> '$.name', '') || ' <'
                 || coalesce(r.value ->> '$.address', '') || '>'), ', ')
        FROM json_each(m.recipients) AS r) AS recipients_text
FROM message AS m
WHERE m.id = :id;

-- message_spans: whose words a stretch of the text is
SELECT s.value ->> '$[0]' AS kind, s.value ->> '$[1]' AS start, s.value ->> '$[2]' AS end,
       s.value ->> '$[3]' AS level
FROM message AS m, json_each(m.spans) AS s
WHERE m.id = :id
ORDER BY s.id;

-- message_problems: what a researcher should know about how it was read
SELECT p.value ->> '$.code' AS code, p.value ->> '$.detail' AS detail
FROM message AS m, json_each(m.problems) AS p
WHERE m.id = :id
ORDER BY p.id;

-- message_attachments: what was attached, in order
SELECT name, type, size_bytes, sha256, text FROM attachment WHERE message = :id ORDER BY ordinal;

-- message_cases: the cases that a message tells of
SELECT DISTINCT n.case_id AS id
FROM mention AS n
JOIN casefile AS c ON c.id = n.case_id
WHERE n.message = :id
ORDER BY n.case_id;

-- message_values: what cases have from this message
SELECT v.case_id, v.field, v.value, v.confidence, v.method, v.message, v.part,
       coalesce(v.start, 0) AS start, coalesce(v."end", 0) AS end, v.quote
FROM case_value AS v
WHERE v.case_id IN (SELECT n.case_id FROM mention AS n WHERE n.message = :id)
  AND v.message = :id
ORDER BY v.case_id, v.field, v.ordinal;

-- thread_others: the other messages of a message's thread
SELECT m.id, m.subject, m.from_name, m.from_address, m.class, m.state, m.set_aside_reason,
       m.language, m.answered, m.sorted_at
FROM message AS m
WHERE m.thread = :thread AND m.id <> :id
ORDER BY m.sorted_at, m.id
LIMIT 200;

-- totals: the numbers of the front page
SELECT (SELECT count(*) FROM message) AS messages,
       (SELECT count(*) FROM casefile) AS cases,
       (SELECT count(*) FROM message WHERE state = 'set_aside') AS set_aside,
       (SELECT count(*) FROM message
        WHERE class IN ('submission', 'question') AND answered IS NULL) AS unanswered,
       coalesce((SELECT max(sorted_at) FROM message), 0) AS last_message_at;

-- usual_gap: the median time between the last hundred messages
WITH recent AS (SELECT sorted_at FROM message ORDER BY sorted_at DESC LIMIT 101),
     gaps AS (SELECT sorted_at - lag(sorted_at) OVER (ORDER BY sorted_at) AS gap FROM recent)
SELECT gap FROM gaps
WHERE gap IS NOT NULL
ORDER BY gap
LIMIT 1 OFFSET (SELECT count(gap) / 2 FROM gaps);

-- count_by_class: messages by class
SELECT class AS name, '' AS second, count(*) AS count FROM message
WHERE class IS NOT NULL GROUP BY class ORDER BY count DESC, name;

-- count_by_language: messages by language
SELECT language AS name, '' AS second, count(*) AS count FROM message
WHERE coalesce(language, '') <> '' GROUP BY language ORDER BY count DESC, name;

-- count_by_category: cases by category
SELECT category AS name, '' AS second, count(*) AS count FROM casefile
GROUP BY category ORDER BY count DESC, name;

-- count_by_stage: cases by stage
SELECT stage AS name, '' AS second, count(*) AS count FROM casefile
WHERE coalesce(stage, '') <> '' GROUP BY stage ORDER BY count DESC, name;

-- count_by_field: cases by a field that may have several values
SELECT value AS name, '' AS second, count(DISTINCT case_id) AS count FROM case_value
WHERE field = :field GROUP BY value ORDER BY count DESC, name LIMIT 300;

-- count_by_month: cases by the month of their first message and category
SELECT strftime('%Y-%m', first_at, 'unixepoch') AS name, category AS second, count(*) AS count
FROM casefile GROUP BY name, second ORDER BY name, second;
