/*
 * Lists: which cases and messages a filter leaves, and a row for each of a page of them. One
 * statement a list knows all filters (schema/casebook/queries.sql).
 */
#include "casebook/query.h"

#include <inttypes.h>

#include "casebook/reader.h"

/* A page is kept small; an export takes ids only. */
enum { IDS_MAX = 20 * 1000 * 1000 };

static void
bind_word(struct statement *statement, const char *name, struct view word)
{
	if (word.size)
		db_bind_text(statement, name, word);
	else
		db_bind_null(statement, name);
}

static const char *
order_name(enum order order)
{
	switch (order) {
	case ORDER_NEWEST:
		return "newest";
	case ORDER_OLDEST:
		return "oldest";
	case ORDER_TITLE:
		return "title";
	}
	return "newest";
}

/* Both lists have the same parameters. */
static void
bind_filter(struct statement *statement, const struct filter *filter, struct view match)
{
	bind_word(statement, ":category", filter->category);
	bind_word(statement, ":country", filter->country);
	bind_word(statement, ":sector", filter->sector);
	bind_word(statement, ":platform", filter->platform);
	bind_word(statement, ":stage", filter->stage);
	bind_word(statement, ":reason", filter->reason);
	bind_word(statement, ":level", filter->level);
	bind_word(statement, ":confidentiality", filter->confidentiality);
	bind_word(statement, ":class", filter->class);
	bind_word(statement, ":state", filter->state);
	bind_word(statement, ":answered", filter->answered);
	bind_word(statement, ":language", filter->language);
	bind_word(statement, ":match", match);
	bind_word(statement, ":q", view_trim(filter->q));
	if (filter->since.size)
		db_bind_int(statement, ":since", filter->since_at);
	if (filter->until.size)
		db_bind_int(statement, ":until", filter->until_at);
	db_bind_text(statement, ":order", view_of(order_name(filter->order)));
}

/* Prepares a list under its time limit. */
static bool
start(struct reader *reader, const char *name, const struct filter *filter, struct arena *arena,
	struct statement **ret_statement, struct view *ret_match, struct error *err)
{
	if (!filter_match(filter->q, arena, ret_match, err))
		return false;
	*ret_statement = db_use(reader->db, name);
	bind_filter(*ret_statement, filter, *ret_match);
	db_limit_time(reader->db, QUERY_TIME_MS);
	return true;
}

static bool
is_on_page(const struct filter *filter, uint64_t position)
{
	return position >= filter->offset &&
	       (filter->limit == 0 || position - filter->offset < filter->limit);
}

static bool
case_ids(struct reader *reader, const struct filter *filter, struct arena *arena,
	struct case_ids *ret_ids, uint64_t *ret_total, struct error *err)
{
	struct case_ids page = {0};
	size_t capacity = 0;
	struct statement *list;
	struct view match, *id;
	enum db_step step;

	if (!start(reader, "cases_select", filter, arena, &list, &match, err))
		return false;
	for (*ret_total = 0; (step = db_next(list, err)) == DB_ROW; ++*ret_total) {
		if (!is_on_page(filter, *ret_total))
			continue;
		id = arena_push(arena, &page.ids, &page.count, &capacity, sizeof(*id), IDS_MAX);
		if (!id) {
			db_reset(list);
			return reader_is_full(err);
		}
		*id = reader_text(arena, list, "id");
	}
	if (step == DB_FAILED)
		return reader_failed(reader, err);
	if (arena_is_full(arena))
		return reader_is_full(err);
	db_limit_time(reader->db, 0);
	*ret_ids = page;
	return true;
}

static bool
message_ids(struct reader *reader, const struct filter *filter, struct arena *arena,
	struct message_ids *ret_ids, uint64_t *ret_total, struct view *ret_match,
	struct error *err)
{
	struct message_ids page = {0};
	size_t capacity = 0;
	struct statement *list;
	enum db_step step;
	int64_t *id;

	if (!start(reader, "messages_select", filter, arena, &list, ret_match, err))
		return false;
	for (*ret_total = 0; (step = db_next(list, err)) == DB_ROW; ++*ret_total) {
		if (!is_on_page(filter, *ret_total))
			continue;
		id = arena_push(arena, &page.ids, &page.count, &capacity, sizeof(*id), IDS_MAX);
		if (!id) {
			db_reset(list);
			return reader_is_full(err);
		}
		*id = db_int(list, "id");
	}
	if (step == DB_FAILED)
		return reader_failed(reader, err);
	db_limit_time(reader->db, 0);
	*ret_ids = page;
	return true;
}

bool
query_case_ids(struct reader *reader, const struct filter *filter, struct arena *arena,
	struct case_ids *ret_ids, struct error *err)
{
	uint64_t total;

	return case_ids(reader, filter, arena, ret_ids, &total, err);
}

bool
query_message_ids(struct reader *reader, const struct filter *filter, struct arena *arena,
	struct message_ids *ret_ids, struct error *err)
{
	struct view match;
	uint64_t total;

	return message_ids(reader, filter, arena, ret_ids, &total, &match, err);
}

bool
query_cases(struct reader *reader, const struct filter *filter, struct arena *arena,
	struct case_rows *ret_rows, struct error *err)
{
	struct case_rows found = {0};
	struct case_ids page;

	if (!case_ids(reader, filter, arena, &page, &found.total, err))
		return false;
	found.rows = arena_alloc_array(arena, page.count + 1, sizeof(*found.rows));
	if (!found.rows)
		return reader_is_full(err);
	for (size_t i = 0; i < page.count; i++)
		switch (reader_case_row(
			reader, page.ids[i], arena, &found.rows[found.count], err)) {
		case FOUND:
			found.count++;
			break;
		case ABSENT: /* went while we read: merged into another */
			break;
		case FAILED:
			return false;
		}
	if (arena_is_full(arena))
		return reader_is_full(err);
	*ret_rows = found;
	return true;
}

/* The words around the matches. A message that was found by its sender has none. */
static bool
read_snippets(struct reader *reader, struct view match, struct arena *arena,
	struct message_rows *rows, struct error *err)
{
	struct statement *snippets = db_use(reader->db, "message_snippets");
	CLEANUP(str_free) struct str ids = str_new(FILTER_LIMIT_MAX * 24);
	enum db_step step;

	for (size_t i = 0; i < rows->count; i++)
		str_append_format(&ids, "%c%" PRId64, i ? ',' : '[', rows->rows[i].id);
	str_append_byte(&ids, ']');
	if (rows->count == 0 || ids.overflowed)
		return true; /* a page of more than a person reads goes without */
	db_bind_text(snippets, ":match", match);
	db_bind_text(snippets, ":ids", str_view(&ids));
	while ((step = db_next(snippets, err)) == DB_ROW)
		for (size_t i = 0; i < rows->count; i++)
			if (rows->rows[i].id == db_int(snippets, "id"))
				rows->rows[i].snippet = reader_text(arena, snippets, "snippet");
	return step == DB_DONE;
}

static enum found
read_message_row(struct reader *reader, int64_t id, struct arena *arena,
	struct message_row *ret_row, struct error *err)
{
	struct statement *row = db_use(reader->db, "message_row");
	enum db_step step;

	db_bind_int(row, ":id", id);
	step = db_next(row, err);
	if (step != DB_ROW)
		return step == DB_DONE ? ABSENT : FAILED;
	reader_take_message(row, arena, ret_row);
	db_reset(row);
	return FOUND;
}

bool
query_messages(struct reader *reader, const struct filter *filter, struct arena *arena,
	struct message_rows *ret_rows, struct error *err)
{
	struct message_rows found = {0};
	struct message_ids page;
	struct view match;

	if (!message_ids(reader, filter, arena, &page, &found.total, &match, err))
		return false;
	found.rows = arena_alloc_array(arena, page.count + 1, sizeof(*found.rows));
	if (!found.rows)
		return reader_is_full(err);
	db_limit_time(reader->db, QUERY_TIME_MS);
	for (size_t i = 0; i < page.count; i++)
		switch (read_message_row(
			reader, page.ids[i], arena, &found.rows[found.count], err)) {
		case FOUND:
			found.count++;
			break;
		case ABSENT: /* went while we read */
			break;
		case FAILED:
			return reader_failed(reader, err);
		}
	if (match.size && !read_snippets(reader, match, arena, &found, err))
		return reader_failed(reader, err);
	db_limit_time(reader->db, 0);
	if (arena_is_full(arena))
		return reader_is_full(err);
	*ret_rows = found;
	return true;
}
