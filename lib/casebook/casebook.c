/*~
 * Facts become rows. One transaction takes any number of messages; before it ends, threads are
 * joined, mentions find their cases, and what has truly changed gets a number in the feed.
 */
#include "casebook/casebook.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/json.h"
#include "casebook/private.h"
#include "casebook/schema.h"

enum {
	JSON_MAX = 16 * 1024 * 1024,
	REFERENCES_MAX = 200, /* longer chains add nothing to a thread */
	DATE_FUTURE_MAX_S =
		2 * 24 * 3600,     /* a Date further ahead than clocks go wrong is no date */
	DATE_PAST_MIN = 315532800, /* 1980: before e-mail as we know it, so a broken clock */
};

struct casebook {
	struct db *db;
};

bool
casebook_open(struct casebook **ret_casebook, const char *path, struct error *err)
{
	CLEANUP(casebook_closep) struct casebook *casebook = calloc(1, sizeof(*casebook));

	if (!casebook)
		abort();
	if (!db_open(&casebook->db, path, DB_WRITE, casebook_schema(), err) ||
		!db_run(db_use(casebook->db, "touched_create"), err))
		return false;
	*ret_casebook = TAKE(casebook);
	return true;
}

void
casebook_close(struct casebook *casebook)
{
	if (!casebook)
		return;
	db_close(casebook->db);
	free(casebook);
}

struct db *
casebook_db(struct casebook *casebook)
{
	return casebook->db;
}

static bool
put_meta(struct db *db, const char *key, struct view value, struct error *err)
{
	struct statement *put = db_use(db, "meta_put");

	db_bind_text(put, ":key", view_of(key));
	db_bind_text(put, ":value", value);
	return db_run(put, err);
}

bool
casebook_position(struct casebook *casebook, int64_t *ret_seq, struct error *err)
{
	struct statement *get = db_use(casebook->db, "meta_get");
	enum db_step step;

	db_bind_text(get, ":key", VIEW("position"));
	step = db_next(get, err);
	*ret_seq = 0;
	if (step == DB_ROW && !view_to_i64(db_text(get, "value"), ret_seq))
		*ret_seq = 0;
	db_reset(get);
	return step != DB_FAILED;
}

bool
casebook_is_current(
	struct casebook *casebook, const char *derivation, bool *ret_current, struct error *err)
{
	struct statement *get = db_use(casebook->db, "meta_get");
	int64_t position;
	enum db_step step;

	db_bind_text(get, ":key", VIEW("derivation"));
	step = db_next(get, err);
	*ret_current = step == DB_ROW && view_equal(db_text(get, "value"), view_of(derivation));
	db_reset(get);
	if (step == DB_FAILED || *ret_current)
		return step != DB_FAILED;
	if (!casebook_position(casebook, &position, err))
		return false;
	if (position > 0)
		return true; /* derived otherwise */
	*ret_current = true;
	return put_meta(casebook->db, "derivation", view_of(derivation), err);
}

bool
casebook_begin(struct casebook *casebook, struct error *err)
{
	return db_begin(casebook->db, err) && db_run(db_use(casebook->db, "touched_clear"), err);
}

void
casebook_rollback(struct casebook *casebook)
{
	db_rollback(casebook->db);
}

static bool
is_known(struct db *db, int64_t message_id, bool *ret_known, struct error *err)
{
	struct statement *row = db_use(db, "message_known");
	enum db_step step;

	db_bind_int(row, ":id", message_id);
	step = db_next(row, err);
	db_reset(row);
	*ret_known = step == DB_ROW;
	return step != DB_FAILED;
}

/* Takes out what is there of a message, if anything, without a word in the feed. */
static bool
take_out(struct db *db, int64_t message_id, struct error *err)
{
	struct statement *search;
	bool known;

	if (!is_known(db, message_id, &known, err))
		return false;
	if (!known)
		return true;
	search = db_use(db, "search_drop");
	db_bind_int(search, ":id", message_id);
	return db_run(search, err) && thread_leave(db, message_id, err);
}

bool
casebook_drop(struct casebook *casebook, int64_t message_id, struct error *err)
{
	CLEANUP(str_free) struct str id = str_new(32);

	str_append_format(&id, "%lld", (long long)message_id);
	return take_out(casebook->db, message_id, err) &&
	       feed_drop(casebook->db, VIEW("message"), str_view(&id), err);
}

/* The time a message is sorted by: what the sender says, unless it cannot be. */
static int64_t
sorted_at(const struct archive_message *message, const struct mail *mail)
{
	if (mail && mail->has_date && mail->date > DATE_PAST_MIN &&
		mail->date < message->archived_at + DATE_FUTURE_MAX_S)
		return mail->date;
	return message->received_at ? message->received_at : message->archived_at;
}

static void
bind_identity(struct statement *put, const struct archive_message *message, const struct mail *mail)
{
	char hex[SHA256_HEX_SIZE];

	digest_to_hex(message->sha256, hex);
	db_bind_int(put, ":id", message->id);
	db_bind_int(put, ":seq", message->seq);
	db_bind_text(put, ":sha256", view_of(hex));
	db_bind_int(put, ":size_bytes", (int64_t)message->size_bytes);
	db_bind_int(put, ":sorted_at", sorted_at(message, mail));
}

static void
write_recipients(struct str *out, const struct mail *mail)
{
	struct json json = json_to(out);

	json_array(&json, NULL);
	for (size_t i = 0; i < mail->to_count; i++) {
		json_object(&json, NULL);
		json_text(&json, "name", mail->to[i].name);
		json_text(&json, "address", mail->to[i].address);
		json_end(&json);
	}
	json_end(&json);
}

static void
write_spans(struct str *out, const struct mail *mail)
{
	struct json json = json_to(out);

	json_array(&json, NULL);
	for (size_t i = 0; i < mail->span_count; i++) {
		json_array(&json, NULL);
		json_int(&json, NULL, mail->spans[i].kind);
		json_int(&json, NULL, (int64_t)mail->spans[i].start);
		json_int(&json, NULL, (int64_t)mail->spans[i].end);
		json_int(&json, NULL, mail->spans[i].level);
		json_end(&json);
	}
	json_end(&json);
}

static void
write_bounce(struct str *out, const struct mail *mail)
{
	struct json json = json_to(out);

	json_object(&json, NULL);
	json_array(&json, "recipients");
	for (size_t i = 0; i < mail->bounce_count; i++) {
		json_object(&json, NULL);
		json_text(&json, "address", mail->bounces[i].address);
		json_text(&json, "action", mail->bounces[i].action);
		json_text(&json, "status", mail->bounces[i].status);
		json_end(&json);
	}
	json_end(&json);
	json_end(&json);
}

static void
write_automation(struct str *out, const struct automation *automation)
{
	const struct {
		const char *name;
		struct view value;
	} texts[] = {
		{"auto_submitted", automation->auto_submitted},
		{"precedence", automation->precedence},
		{"list_id", automation->list_id},
		{"return_path", automation->return_path},
		{"report_type", automation->report_type},
		{"auto_reply", automation->auto_reply},
		{"spam_status", automation->spam_status},
		{"mailer", automation->mailer},
	};
	struct json json = json_to(out);

	json_object(&json, NULL);
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (texts[i].value.size)
			json_text(&json, texts[i].name, texts[i].value);
	json_end(&json);
}

static void
write_problems(struct str *out, const struct mail *mail)
{
	struct json json = json_to(out);

	json_array(&json, NULL);
	for (size_t i = 0; i < mail->problem_count; i++) {
		json_object(&json, NULL);
		json_text(&json, "code", view_of(mail->problems[i].code));
		json_text(&json, "detail", mail->problems[i].detail);
		json_end(&json);
	}
	json_end(&json);
}

static void
bind_json(struct statement *put, const char *name, struct str *json)
{
	db_bind_text(put, name, str_view(json));
	str_clear(json);
}

static void
bind_structures(struct statement *put, const struct facts *facts)
{
	CLEANUP(str_free) struct str json = str_new(JSON_MAX);

	write_recipients(&json, &facts->mail);
	bind_json(put, ":recipients", &json);
	write_spans(&json, &facts->mail);
	bind_json(put, ":spans", &json);
	write_automation(&json, &facts->mail.automation);
	bind_json(put, ":automation", &json);
	write_problems(&json, &facts->mail);
	bind_json(put, ":problems", &json);
	if (facts->mail.bounce_count > 0) {
		write_bounce(&json, &facts->mail);
		bind_json(put, ":bounce", &json);
	}
}

static struct view
absent_if_empty(struct view text)
{
	return text.size ? text : (struct view){NULL, 0};
}

static bool
put_message(struct db *db, const struct archive_message *message, const struct facts *facts,
	struct error *err)
{
	struct statement *put = db_use(db, "message_put");
	const struct mail *mail = &facts->mail;
	char date[CLOCK_TEXT_SIZE];

	bind_identity(put, message, mail);
	bind_structures(put, facts);
	db_bind_text_or_null(put, ":message_id", absent_if_empty(mail->message_id));
	db_bind_text_or_null(put, ":from_name", absent_if_empty(mail->from.name));
	db_bind_text_or_null(put, ":from_address", absent_if_empty(mail->from.address));
	db_bind_text(put, ":subject", mail->subject);
	if (mail->has_date) {
		clock_format_offset(mail->date, mail->date_offset_minutes, date);
		db_bind_text(put, ":date", view_of(date));
	}
	db_bind_text(put, ":class", view_of(message_class_name(facts->extraction.class)));
	db_bind_real(put, ":class_confidence", facts->extraction.class_confidence);
	db_bind_text(put, ":class_reason", facts->extraction.class_reason);
	db_bind_text_or_null(put, ":language", absent_if_empty(mail->language));
	db_bind_text(put, ":text", mail->text);
	db_bind_text(put, ":reply_text", mail->reply_text);
	db_bind_text_or_null(put, ":signature", absent_if_empty(mail->signature));
	if (message->answered) {
		/* The flag tells that, not when: it was so by the time the message was taken. */
		clock_format_utc(message->archived_at, date);
		db_bind_text(put, ":answered", view_of(date));
	}
	return db_run(put, err);
}

static bool
put_attachments(struct db *db, int64_t id, const struct mail *mail, struct error *err)
{
	for (size_t i = 0; i < mail->attachment_count; i++) {
		const struct attachment *attachment = &mail->attachments[i];
		struct statement *put = db_use(db, "attachment_put");
		char hex[SHA256_HEX_SIZE];

		digest_to_hex(attachment->sha256, hex);
		db_bind_int(put, ":message", id);
		db_bind_int(put, ":ordinal", (int64_t)i);
		db_bind_text(put, ":name", attachment->name);
		db_bind_text(put, ":type", attachment->type);
		db_bind_int(put, ":size_bytes", (int64_t)attachment->size_bytes);
		db_bind_text(put, ":sha256", view_of(hex));
		db_bind_text_or_null(put, ":text", absent_if_empty(attachment->text));
		if (!db_run(put, err))
			return false;
	}
	return true;
}

static bool
put_reference(struct db *db, int64_t id, struct view refers_to, struct error *err)
{
	struct statement *put = db_use(db, "reference_put");

	if (refers_to.size == 0)
		return true;
	db_bind_int(put, ":message", id);
	db_bind_text(put, ":refers_to", refers_to);
	return db_run(put, err);
}

static bool
put_references(struct db *db, int64_t id, const struct mail *mail, struct error *err)
{
	size_t count = mail->reference_count;
	size_t first = count > REFERENCES_MAX ? count - REFERENCES_MAX : 0;

	for (size_t i = first; i < count; i++)
		if (!put_reference(db, id, mail->references[i], err))
			return false;
	return put_reference(db, id, mail->in_reply_to, err);
}

/* "attachment:NAME" and the like, as exports and pages name the part. */
static void
bind_evidence(struct statement *put, const struct mail *mail, const struct evidence *evidence)
{
	CLEANUP(str_free) struct str part = str_new(64 * 1024);

	switch (evidence->part) {
	case PART_NONE:
		return;
	case PART_SUBJECT:
		str_append(&part, VIEW("subject"));
		break;
	case PART_TEXT:
		str_append(&part, VIEW("text"));
		break;
	case PART_ATTACHMENT:
		str_append(&part, VIEW("attachment:"));
		str_append(&part, mail->attachments[evidence->attachment].name);
		break;
	}
	db_bind_text(put, ":part", str_view(&part));
	db_bind_int(put, ":start", (int64_t)evidence->start);
	db_bind_int(put, ":end", (int64_t)evidence->end);
	db_bind_text(put, ":quote", evidence->quote);
}

static bool
put_values(struct db *db, const char *mention, const struct facts *facts,
	const struct mention *said, struct error *err)
{
	unsigned ordinals[FIELD_COUNT] = {0};

	for (size_t i = 0; i < said->value_count; i++) {
		const struct value *value = &said->values[i];
		struct statement *put = db_use(db, "mention_value_put");

		db_bind_text(put, ":mention", view_of(mention));
		db_bind_text(put, ":field", view_of(field_name(value->field)));
		db_bind_int(put, ":ordinal", ordinals[value->field]++);
		db_bind_text(put, ":value", value->text);
		db_bind_real(put, ":confidence", value->confidence);
		db_bind_text(put, ":method", view_of(value->method));
		bind_evidence(put, &facts->mail, &value->evidence);
		if (!db_run(put, err))
			return false;
	}
	return true;
}

/*
 * The id of a mention: the message's digest and its place in it, in base 32 without letters that
 * look like digits (Crockford's alphabet, lower case), so that it can be read out over a phone.
 */
static void
mention_id(const struct archive_message *message, size_t ordinal, char ret_id[CASE_ID_SIZE])
{
	static const char ALPHABET[] = "0123456789abcdefghjkmnpqrstvwxyz";
	uint8_t bytes[SHA256_SIZE + 2], digest[SHA256_SIZE];
	uint64_t bits = 0;

	memcpy(bytes, message->sha256, SHA256_SIZE);
	bytes[SHA256_SIZE] = (uint8_t)(ordinal >> 8);
	bytes[SHA256_SIZE + 1] = (uint8_t)ordinal;
	digest_sha256(view_make(bytes, sizeof(bytes)), digest);
	for (size_t i = 0; i < 8; i++)
		bits = bits << 8 | digest[i];
	for (size_t i = 0; i < CASE_ID_SIZE - 1; i++) {
		ret_id[i] = ALPHABET[bits >> 59];
		bits <<= 5;
	}
	ret_id[CASE_ID_SIZE - 1] = '\0';
}

static bool
put_mentions(struct db *db, const struct archive_message *message, const struct facts *facts,
	struct error *err)
{
	for (size_t i = 0; i < facts->extraction.mention_count; i++) {
		const struct mention *said = &facts->extraction.mentions[i];
		struct statement *put = db_use(db, "mention_put");
		char id[CASE_ID_SIZE];

		mention_id(message, i, id);
		db_bind_text(put, ":id", view_of(id));
		db_bind_int(put, ":message", message->id);
		db_bind_int(put, ":ordinal", (int64_t)i);
		if (!db_run(put, err) || !put_values(db, id, facts, said, err) ||
			!merge_put_keys(db, id, said, facts->mail.from.address, err))
			return false;
	}
	return true;
}

static void
digest_text(struct digest *digest, struct view text)
{
	digest_update(digest, view_make(&text.size, sizeof(text.size)));
	digest_update(digest, text);
}

static void
digest_mail(struct digest *digest, const struct mail *mail)
{
	const struct view texts[] = {mail->message_id, mail->subject, mail->from.name,
		mail->from.address, mail->text, mail->reply_text, mail->signature, mail->language};
	const int64_t numbers[] = {mail->has_date, mail->date, mail->date_offset_minutes,
		(int64_t)mail->to_count, (int64_t)mail->attachment_count};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		digest_text(digest, texts[i]);
	digest_update(digest, view_make(numbers, sizeof(numbers)));
	for (size_t i = 0; i < mail->to_count; i++) {
		digest_text(digest, mail->to[i].name);
		digest_text(digest, mail->to[i].address);
	}
	for (size_t i = 0; i < mail->attachment_count; i++) {
		digest_text(digest, mail->attachments[i].name);
		digest_text(digest, mail->attachments[i].text);
		digest_update(digest, view_make(mail->attachments[i].sha256, SHA256_SIZE));
	}
}

/* What is told of a message in the feed: a digest over all that the export shows of it. */
static bool
tell_message(struct db *db, const struct archive_message *message, struct view class,
	const struct mail *mail, struct error *err)
{
	CLEANUP(str_free) struct str id = str_new(32);
	struct digest *digest = digest_start();
	uint8_t sum[SHA256_SIZE];

	digest_update(digest, view_make(message->sha256, SHA256_SIZE));
	digest_update(digest, class);
	digest_update(digest, view_make(&message->answered, sizeof(message->answered)));
	if (mail)
		digest_mail(digest, mail);
	digest_finish(digest, sum);
	str_append_format(&id, "%lld", (long long)message->id);
	return feed_put(db, VIEW("message"), str_view(&id), sum, err);
}

static bool
make_findable(struct db *db, int64_t id, struct error *err)
{
	struct statement *search = db_use(db, "search_put");

	db_bind_int(search, ":id", id);
	return db_run(search, err);
}

bool
casebook_put(struct casebook *casebook, const struct archive_message *message,
	const struct facts *facts, struct error *err)
{
	struct db *db = casebook->db;

	return take_out(db, message->id, err) && put_message(db, message, facts, err) &&
	       put_attachments(db, message->id, &facts->mail, err) &&
	       put_references(db, message->id, &facts->mail, err) &&
	       make_findable(db, message->id, err) && thread_join(db, message->id, err) &&
	       put_mentions(db, message, facts, err) &&
	       tell_message(db, message, view_of(message_class_name(facts->extraction.class)),
		       &facts->mail, err);
}

bool
casebook_set_aside(struct casebook *casebook, const struct archive_message *message,
	struct view reason, struct error *err)
{
	struct statement *put;

	if (!take_out(casebook->db, message->id, err))
		return false;
	put = db_use(casebook->db, "message_put_aside");
	bind_identity(put, message, NULL);
	db_bind_text(put, ":reason", reason);
	db_bind_int(put, ":at", clock_now());
	return db_run(put, err) && make_findable(casebook->db, message->id, err) &&
	       tell_message(casebook->db, message, VIEW("set aside"), NULL, err);
}

bool
casebook_commit(struct casebook *casebook, int64_t position, struct error *err)
{
	CLEANUP(str_free) struct str text = str_new(32);

	str_append_format(&text, "%lld", (long long)position);
	return merge_settle(casebook->db, err) &&
	       put_meta(casebook->db, "position", str_view(&text), err) &&
	       db_commit(casebook->db, err);
}

bool
casebook_set_aside_seqs(struct casebook *casebook, struct arena *arena, int64_t **ret_ids,
	int64_t **ret_seqs, size_t *ret_count, struct error *err)
{
	struct statement *row = db_use(casebook->db, "set_aside_ids");
	int64_t *ids = NULL, *seqs = NULL;
	size_t count = 0, capacity = 0, seq_count = 0, seq_capacity = 0;
	enum db_step step;

	while ((step = db_next(row, err)) == DB_ROW) {
		int64_t *id = arena_push(arena, &ids, &count, &capacity, sizeof(*ids), SIZE_MAX);
		int64_t *seq = arena_push(
			arena, &seqs, &seq_count, &seq_capacity, sizeof(*seqs), SIZE_MAX);

		if (!id || !seq)
			break;
		*id = db_int(row, "id");
		*seq = db_int(row, "seq");
	}
	db_reset(row);
	*ret_ids = ids;
	*ret_seqs = seqs;
	*ret_count = seq_count;
	return step != DB_FAILED;
}
