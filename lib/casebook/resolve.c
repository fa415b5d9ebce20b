/*
 * Many mentions, one case: what it says in the end, each value from the mention that says it.
 *
 * Sets grow. Of single values the latest statement wins, unless it knows less ("unknown") or is
 * far less sure. Contact name and address belong together: a later account's contact replaces both.
 * Confidentiality asked for is lifted only by the person who asked, and by each for himself.
 */
#include "casebook/alike.h"

enum {
	VALUES_MAX = 2000,
	TITLE_MAX = 300,
	WORK_MAX = 16 * 1024 * 1024,
};

/* A later value this much less sure than the earlier one does not replace it. */
static const double SURENESS_NEEDED = 0.6;

struct said {
	enum field field;
	struct view value;
	double confidence;
	struct view method;
	int64_t message;
	bool has_words;
	struct view part, quote;
	int64_t start, end;
	struct view sender;
	bool dropped;
};

struct resolution {
	struct arena *arena;
	struct said *values;
	size_t count, capacity;
	int64_t *messages; /* that tell of the case, in the order of time */
	size_t message_count, message_capacity;
	int64_t first_at, last_at;
};

static bool
is_name(enum field field)
{
	return field == FIELD_PROJECT_NAME || field == FIELD_ORGANISATION ||
	       field == FIELD_PARTNERS || field == FIELD_CONTACT_NAME;
}

static bool
same_value(const struct said *a, const struct said *b)
{
	if (is_name(a->field))
		return name_same_text(a->value, b->value);
	return view_equal_nocase(a->value, b->value);
}

static struct said *
find_single(struct resolution *all, enum field field)
{
	for (size_t i = 0; i < all->count; i++)
		if (all->values[i].field == field && !all->values[i].dropped)
			return &all->values[i];
	return NULL;
}

static bool
has_same(const struct resolution *all, const struct said *said)
{
	for (size_t i = 0; i < all->count; i++)
		if (all->values[i].field == said->field && !all->values[i].dropped &&
			same_value(&all->values[i], said))
			return true;
	return false;
}

static unsigned
strictness(struct view confidentiality)
{
	if (view_equal(confidentiality, VIEW("in_confidence")))
		return 2;
	return view_equal(confidentiality, VIEW("anonymous")) ? 1 : 0;
}

static bool
replaces(const struct said *later, const struct said *earlier)
{
	if (view_equal(later->value, VIEW("unknown")))
		return false;
	if (later->field == FIELD_CONFIDENTIALITY &&
		strictness(later->value) > strictness(earlier->value))
		return true; /* however unsure: what was asked for is never published */
	return later->confidence >= SURENESS_NEEDED * earlier->confidence ||
	       view_equal(earlier->value, VIEW("unknown"));
}

static void
push(struct resolution *all, const struct said *said)
{
	struct said *slot = arena_push(
		all->arena, &all->values, &all->count, &all->capacity, sizeof(*slot), VALUES_MAX);

	if (slot)
		*slot = *said;
}

/* Everybody's latest wish stands beside the others' until all are known. */
static void
add_wish(struct resolution *all, const struct said *said)
{
	for (size_t i = 0; i < all->count; i++) {
		struct said *earlier = &all->values[i];

		if (earlier->field != FIELD_CONFIDENTIALITY || said->sender.size == 0 ||
			!view_equal_nocase(earlier->sender, said->sender))
			continue;
		if (replaces(said, earlier))
			*earlier = *said;
		return;
	}
	push(all, said);
}

/* Of all wishes the strictest holds; so nobody lifts what another asked for. */
static void
keep_strictest_wish(struct resolution *all)
{
	struct said *strictest = find_single(all, FIELD_CONFIDENTIALITY);

	for (size_t i = 0; i < all->count; i++) {
		struct said *said = &all->values[i];

		if (said->field != FIELD_CONFIDENTIALITY || said == strictest)
			continue;
		if (strictness(said->value) > strictness(strictest->value)) {
			strictest->dropped = true;
			strictest = said;
		} else {
			said->dropped = true;
		}
	}
}

static void
add(struct resolution *all, const struct said *said)
{
	struct said *earlier;

	if (said->field == FIELD_CONFIDENTIALITY) {
		add_wish(all, said);
		return;
	}
	if (field_is_set(said->field)) {
		if (!has_same(all, said))
			push(all, said);
		return;
	}
	earlier = find_single(all, said->field);
	if (!earlier)
		push(all, said);
	else if (replaces(said, earlier))
		*earlier = *said;
}

/* A mention that names a contact replaces the earlier contact as a whole. */
static void
forget_contact(struct resolution *all)
{
	static const enum field CONTACT[] = {FIELD_CONTACT_NAME, FIELD_CONTACT_EMAIL};

	for (size_t i = 0; i < 2; i++) {
		struct said *said = find_single(all, CONTACT[i]);

		if (said)
			said->dropped = true;
	}
}

static bool
read_value(struct statement *row, struct arena *arena, struct said *said)
{
	if (!field_from_name(db_text(row, "field"), &said->field))
		return false;
	said->value = arena_copy(arena, db_text(row, "value"));
	said->confidence = db_real(row, "confidence");
	said->method = arena_copy(arena, db_text(row, "method"));
	said->has_words = !db_is_null(row, "part");
	if (said->has_words) {
		said->part = arena_copy(arena, db_text(row, "part"));
		said->start = db_int(row, "start");
		said->end = db_int(row, "end");
		said->quote = arena_copy(arena, db_text(row, "quote"));
	}
	return true;
}

struct source {
	struct view mention;
	int64_t message;
	struct view sender;
};

static bool
add_mention(struct db *db, struct resolution *all, const struct source *source, struct error *err)
{
	struct statement *row = db_use(db, "mention_values");
	bool contact_forgotten = false;
	enum db_step step;

	db_bind_text(row, ":mention", source->mention);
	while ((step = db_next(row, err)) == DB_ROW) {
		struct said said = {.message = source->message, .sender = source->sender};

		if (!read_value(row, all->arena, &said))
			continue;
		if (!contact_forgotten &&
			(said.field == FIELD_CONTACT_NAME || said.field == FIELD_CONTACT_EMAIL)) {
			forget_contact(all);
			contact_forgotten = true;
		}
		add(all, &said);
	}
	return step == DB_DONE;
}

static bool
read_sources(struct db *db, struct view case_id, struct resolution *all,
	struct source **ret_sources, size_t *ret_count, struct error *err)
{
	struct statement *row = db_use(db, "case_mentions");
	struct source *sources = NULL;
	size_t count = 0, capacity = 0;
	enum db_step step;

	db_bind_text(row, ":case", case_id);
	while ((step = db_next(row, err)) == DB_ROW) {
		struct source *source = arena_push(
			all->arena, &sources, &count, &capacity, sizeof(*sources), SIZE_MAX);
		int64_t *message = arena_push(all->arena, &all->messages, &all->message_count,
			&all->message_capacity, sizeof(*message), SIZE_MAX);

		if (!source || !message)
			break;
		source->mention = arena_copy(all->arena, db_text(row, "id"));
		source->message = *message = db_int(row, "message");
		source->sender = arena_copy(all->arena, db_text(row, "from_address"));
		all->last_at = db_int(row, "sorted_at");
		if (count == 1)
			all->first_at = all->last_at;
	}
	db_reset(row);
	*ret_sources = sources;
	*ret_count = count;
	return step != DB_FAILED;
}

static struct view
single(struct resolution *all, enum field field)
{
	struct said *said = find_single(all, field);

	return said ? said->value : (struct view){NULL, 0};
}

/* For lists: the project's name, else whose it is and what it is about. */
static void
write_title(struct resolution *all, struct str *out)
{
	static const enum field PARTS[] = {FIELD_ORGANISATION, FIELD_SECTOR, FIELD_COUNTRY};
	struct view name = single(all, FIELD_PROJECT_NAME);

	if (name.size) {
		str_append(out, name);
		return;
	}
	for (size_t i = 0; i < sizeof(PARTS) / sizeof(PARTS[0]); i++) {
		struct view part = single(all, PARTS[i]);

		if (part.size && out->size)
			str_append(out, VIEW(", "));
		str_append(out, part);
	}
	if (out->size == 0)
		str_append(out, VIEW("(unnamed)"));
}

static bool
put_case(struct db *db, struct view case_id, struct resolution *all, struct error *err)
{
	CLEANUP(str_free) struct str title = str_new(TITLE_MAX * 4);
	struct view category = single(all, FIELD_CATEGORY);
	struct statement *put = db_use(db, "case_put");

	write_title(all, &title);
	db_bind_text(put, ":id", case_id);
	db_bind_int(put, ":first_at", all->first_at);
	db_bind_int(put, ":last_at", all->last_at);
	db_bind_text(put, ":title", str_view(&title));
	db_bind_text(put, ":category", category.size ? category : VIEW("unknown"));
	db_bind_text_or_null(put, ":stage", single(all, FIELD_STAGE));
	db_bind_text_or_null(put, ":confidentiality", single(all, FIELD_CONFIDENTIALITY));
	return db_run(put, err);
}

static bool
put_value(struct db *db, struct view case_id, const struct said *said, int64_t ordinal,
	struct error *err)
{
	struct statement *put = db_use(db, "case_value_put");

	db_bind_text(put, ":case", case_id);
	db_bind_text(put, ":field", view_of(field_name(said->field)));
	db_bind_int(put, ":ordinal", ordinal);
	db_bind_text(put, ":value", said->value);
	db_bind_real(put, ":confidence", said->confidence);
	db_bind_text(put, ":method", said->method);
	db_bind_int(put, ":message", said->message);
	if (said->has_words) {
		db_bind_text(put, ":part", said->part);
		db_bind_int(put, ":start", said->start);
		db_bind_int(put, ":end", said->end);
		db_bind_text(put, ":quote", said->quote);
	}
	return db_run(put, err);
}

static void
digest_value(struct digest *digest, const struct said *said)
{
	const struct view texts[] = {view_of(field_name(said->field)), said->value, said->method,
		said->part, said->quote};
	const int64_t numbers[] = {said->message, said->start, said->end};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		digest_update(digest, view_make(&texts[i].size, sizeof(texts[i].size)));
		digest_update(digest, texts[i]);
	}
	digest_update(digest, view_make(numbers, sizeof(numbers)));
	digest_update(digest, view_make(&said->confidence, sizeof(said->confidence)));
}

static bool
put_values(struct db *db, struct view case_id, struct resolution *all, struct error *err)
{
	struct digest *digest = digest_start();
	int64_t ordinals[FIELD_COUNT] = {0};
	uint8_t sum[SHA256_SIZE];
	bool ok = true;

	for (size_t i = 0; ok && i < all->count; i++) {
		const struct said *said = &all->values[i];

		if (said->dropped)
			continue;
		digest_value(digest, said);
		ok = put_value(db, case_id, said, ordinals[said->field]++, err);
	}
	/* The export lists them, also where a message adds no value. */
	if (all->message_count > 0)
		digest_update(digest,
			view_make(all->messages, all->message_count * sizeof(*all->messages)));
	digest_finish(digest, sum);
	return ok && feed_put(db, VIEW("case"), case_id, sum, err);
}

bool
resolve_case(struct db *db, struct view case_id, struct error *err)
{
	CLEANUP(arena_freep) struct arena *arena = arena_new(WORK_MAX);
	struct resolution all = {.arena = arena};
	struct statement *drop;
	struct source *sources;
	size_t count;

	if (!read_sources(db, case_id, &all, &sources, &count, err))
		return false;
	for (size_t i = 0; i < count; i++)
		if (!add_mention(db, &all, &sources[i], err))
			return false;
	keep_strictest_wish(&all);
	drop = db_use(db, "case_drop");
	db_bind_text(drop, ":case", case_id);
	return db_run(drop, err) && put_case(db, case_id, &all, err) &&
	       put_values(db, case_id, &all, err);
}
