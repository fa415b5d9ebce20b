/*
 * Mentions find their cases. Two mentions are joined when they are alike enough and each is the
 * other's best match in its message; a case is all that is joined, directly or through others.
 * Both conditions look at pairs only, never at what is joined already, so the cases are the same
 * whatever the order of arrival.
 *
 * Work is local: a mention meets only those that share a key or a thread with it.
 */
#include "casebook/alike.h"

enum {
	KEYS_MAX = 64, /* of one mention */
	KEY_SIZE_MAX = 512,
	CANDIDATES_MAX = 2000, /* more share a key only when somebody floods the mailbox */
	WORK_MAX = 64 * 1024 * 1024,
};

static bool
put_key(struct db *db, const char *mention, const char *kind, struct view text, struct error *err)
{
	CLEANUP(str_free) struct str key = str_new(KEY_SIZE_MAX);
	struct statement *put = db_use(db, "mention_key_put");

	str_append_format(&key, "%s:", kind);
	for (size_t i = 0; i < text.size && key.size < KEY_SIZE_MAX; i++) {
		char c = text.data[i];

		str_append_byte(&key, c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c);
	}
	db_bind_text(put, ":key", str_view(&key));
	db_bind_text(put, ":mention", view_of(mention));
	return db_run(put, err);
}

/* A name meets others by each of its words, and by its letters in one piece. */
static bool
put_name_keys(
	struct db *db, const char *mention, const char *kind, struct view text, struct error *err)
{
	CLEANUP(arena_freep) struct arena *arena = arena_new(256 * 1024);
	CLEANUP(str_free) struct str whole = str_new(KEY_SIZE_MAX);
	struct name name;

	name_fold(text, arena, &name);
	for (size_t i = 0; i < name.count; i++) {
		str_append(&whole, name.words[i]);
		if (kind[0] == 'n' && !put_key(db, mention, kind, name.words[i], err))
			return false;
	}
	return put_key(db, mention, kind, str_view(&whole), err);
}

/* Country and sector together: how two unnamed accounts of one project may meet. */
static bool
put_topic_keys(struct db *db, const char *mention, const struct mention *said, struct error *err)
{
	for (size_t i = 0; i < said->value_count; i++) {
		for (size_t j = 0; j < said->value_count; j++) {
			CLEANUP(str_free) struct str topic = str_new(KEY_SIZE_MAX);

			if (said->values[i].field != FIELD_COUNTRY ||
				said->values[j].field != FIELD_SECTOR)
				continue;
			str_append(&topic, said->values[i].text);
			str_append_byte(&topic, ' ');
			str_append(&topic, said->values[j].text);
			if (!put_key(db, mention, "t", str_view(&topic), err))
				return false;
		}
	}
	return true;
}

bool
merge_put_keys(struct db *db, const char *mention, const struct mention *said,
	struct view from_address, struct error *err)
{
	for (size_t i = 0; i < said->value_count; i++) {
		const struct value *value = &said->values[i];
		bool ok = true;

		if (value->field == FIELD_PROJECT_NAME)
			ok = put_name_keys(db, mention, "n", value->text, err);
		else if (value->field == FIELD_ORGANISATION)
			ok = put_name_keys(db, mention, "o", value->text, err);
		else if (value->field == FIELD_LINKS)
			ok = put_key(db, mention, "l", value->text, err);
		if (!ok)
			return false;
	}
	if (from_address.size > 0 && !put_key(db, mention, "s", from_address, err))
		return false;
	return put_topic_keys(db, mention, said, err);
}

static bool
touch(struct db *db, struct view case_id, struct error *err)
{
	struct statement *put = db_use(db, "touched_put");

	db_bind_text(put, ":id", case_id);
	return db_run(put, err);
}

static bool
drop_case(struct db *db, struct view case_id, struct error *err)
{
	struct statement *drop = db_use(db, "case_drop");

	db_bind_text(drop, ":case", case_id);
	return db_run(drop, err) && touch(db, case_id, err);
}

bool
merge_dissolve(struct db *db, struct view case_id, struct error *err)
{
	struct statement *dissolve = db_use(db, "case_dissolve");

	db_bind_text(dissolve, ":case", case_id);
	return db_run(dissolve, err) && drop_case(db, case_id, err);
}

/* All ids that a statement gives in its column "id". */
static bool
read_ids(struct statement *row, struct arena *arena, struct view **ret_ids, size_t *ret_count,
	size_t maximum, struct error *err)
{
	struct view *ids = NULL;
	size_t count = 0, capacity = 0;
	enum db_step step;

	while ((step = db_next(row, err)) == DB_ROW) {
		struct view *id = arena_push(arena, &ids, &count, &capacity, sizeof(*ids), maximum);

		if (!id)
			break;
		*id = arena_copy(arena, db_text(row, "id"));
	}
	db_reset(row);
	*ret_ids = ids;
	*ret_count = count;
	return step != DB_FAILED;
}

/*
 * Whether none of the mentions beside `chosen` in its message matches `other` better. Of two that
 * match equally well the first one counts.
 */
static bool
is_best(struct db *db, const struct traits *chosen, const struct traits *other, struct arena *arena,
	bool *ret_best, struct error *err)
{
	struct statement *row = db_use(db, "mentions_of_message");
	double points = traits_compare(chosen, other);
	struct view *ids;
	size_t count;

	*ret_best = true;
	if (chosen->siblings < 2)
		return true;
	db_bind_int(row, ":message", chosen->message);
	if (!read_ids(row, arena, &ids, &count, EXTRACT_MENTIONS_MAX, err))
		return false;
	for (size_t i = 0; i < count && *ret_best; i++) {
		struct traits sibling;
		double rival;

		if (view_equal(ids[i], chosen->id))
			continue;
		if (!traits_load(db, ids[i], arena, &sibling, err))
			return false;
		rival = traits_compare(&sibling, other);
		*ret_best =
			rival < points || (rival == points && sibling.ordinal > chosen->ordinal);
	}
	return true;
}

static bool
belong_together(struct db *db, const struct traits *a, const struct traits *b, struct arena *arena,
	bool *ret_together, struct error *err)
{
	bool best_a, best_b;

	*ret_together = false;
	if (traits_compare(a, b) < ALIKE_ENOUGH)
		return true;
	if (!is_best(db, a, b, arena, &best_a, err) || !is_best(db, b, a, arena, &best_b, err))
		return false;
	*ret_together = best_a && best_b;
	return true;
}

static bool
set_case(struct db *db, struct view mention, struct view case_id, struct error *err)
{
	struct statement *settle = db_use(db, "mention_settle");

	db_bind_text(settle, ":mention", mention);
	db_bind_text(settle, ":case", case_id);
	return db_run(settle, err) && touch(db, case_id, err);
}

static bool
absorb(struct db *db, struct view from, struct view to, struct error *err)
{
	struct statement *move = db_use(db, "case_absorb");

	if (view_equal(from, to))
		return true;
	db_bind_text(move, ":from", from);
	db_bind_text(move, ":to", to);
	return db_run(move, err) && drop_case(db, from, err) && touch(db, to, err);
}

/* Joins one loose mention with all that belong to it; what is loose among them comes later. */
static bool
settle_mention(struct db *db, struct view mention, struct error *err)
{
	CLEANUP(arena_freep) struct arena *arena = arena_new(WORK_MAX);
	struct statement *row = db_use(db, "mention_candidates");
	struct view *candidates, case_id = {NULL, 0};
	struct traits self;
	size_t count;

	db_bind_text(row, ":mention", mention);
	if (!read_ids(row, arena, &candidates, &count, CANDIDATES_MAX, err) ||
		!traits_load(db, mention, arena, &self, err))
		return false;
	for (size_t i = 0; i < count; i++) {
		struct traits other;
		bool together;

		if (!traits_load(db, candidates[i], arena, &other, err))
			return false;
		if (other.case_id.size == 0)
			continue;
		if (!belong_together(db, &self, &other, arena, &together, err))
			return false;
		if (!together)
			continue;
		if (!case_id.data)
			case_id = other.case_id;
		else if (!absorb(db, other.case_id, case_id, err))
			return false;
	}
	return set_case(db, mention, case_id.data ? case_id : mention, err);
}

/* The earliest mention lends its id, so that the name is the same whoever came first here. */
static bool
name_and_resolve(struct db *db, struct view case_id, struct arena *arena, struct error *err)
{
	struct statement *row = db_use(db, "case_mentions");
	struct view first;

	db_bind_text(row, ":case", case_id);
	if (db_next(row, err) != DB_ROW)
		return error_set(err, ERROR_PROGRAM, "a case without mentions");
	first = arena_copy(arena, db_text(row, "id"));
	db_reset(row);
	return absorb(db, case_id, first, err) && resolve_case(db, first, err);
}

static bool
tell_gone(struct db *db, struct arena *arena, struct error *err)
{
	struct view *ids;
	size_t count;

	if (!read_ids(db_use(db, "touched_gone"), arena, &ids, &count, SIZE_MAX, err))
		return false;
	for (size_t i = 0; i < count; i++)
		if (!feed_drop(db, VIEW("case"), ids[i], err))
			return false;
	return db_run(db_use(db, "touched_clear"), err);
}

bool
merge_settle(struct db *db, struct error *err)
{
	CLEANUP(arena_freep) struct arena *arena = arena_new(WORK_MAX);
	struct view *ids;
	size_t count;

	if (!read_ids(db_use(db, "mentions_loose"), arena, &ids, &count, SIZE_MAX, err))
		return false;
	for (size_t i = 0; i < count; i++)
		if (!settle_mention(db, ids[i], err))
			return false;
	if (!read_ids(db_use(db, "touched_cases"), arena, &ids, &count, SIZE_MAX, err))
		return false;
	for (size_t i = 0; i < count; i++)
		if (!name_and_resolve(db, ids[i], arena, err))
			return false;
	return tell_gone(db, arena, err);
}
