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
	bind_word(statement, ":waiting", filter->waiting);
	bind_word(statement, ":language", filter->language);
	bind_word(statement, ":match", match);
	bind_word(statement, ":q", view_trim(filter->q));
	if (filter->since.size)
		db_bind_int(statement, ":since", filter->since_at);
	if (filter->until.size)
		db_bind_int(statement, ":until", filter->until_at);
	db_bind_text(statement, ":order", view_of(order_name(filter->order)));
}

/* Everything, newest first, a page of it: then the index gives the page and nothing is sorted. */
static bool
is_plain(const struct filter *filter)
{
	return !filter_is_narrow(filter) && filter->order == ORDER_NEWEST && filter->limit > 0;
}

static bool
read_count(struct reader *reader, const char *name, uint64_t *ret_count, struct error *err)
{
	struct statement *count = db_use(reader->db, name);

	if (db_next(count, err) != DB_ROW)
		return false;
	*ret_count = (uint64_t)db_int(count, "count");
	db_reset(count);
	return true;
}

static struct statement *
use_page(struct reader *reader, const char *name, uint64_t limit, uint64_t offset)
{
	struct statement *page = db_use(reader->db, name);

	db_bind_int(page, ":limit", (int64_t)limit);
	db_bind_int(page, ":offset", (int64_t)offset);
	return page;
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

/* Runs a list to its end and keeps the ids of the page. *total counts all rows. */
static bool
take_case_ids(struct statement *list, const struct filter *page, struct arena *arena,
	struct case_ids *ids, uint64_t *total, struct error *err)
{
	size_t capacity = 0;
	struct view *id;
	enum db_step step;

	for (*total = 0; (step = db_next(list, err)) == DB_ROW; ++*total) {
		if (!is_on_page(page, *total))
			continue;
		id = arena_push(arena, &ids->ids, &ids->count, &capacity, sizeof(*id), IDS_MAX);
		if (!id) {
			db_reset(list);
			return reader_is_full(err);
		}
		*id = reader_text(arena, list, "id");
	}
	return step == DB_DONE && (!arena_is_full(arena) || reader_is_full(err));
}

static bool
take_message_ids(struct statement *list, const struct filter *page, struct arena *arena,
	struct message_ids *ids, uint64_t *total, struct error *err)
{
	size_t capacity = 0;
	enum db_step step;
	int64_t *id;

	for (*total = 0; (step = db_next(list, err)) == DB_ROW; ++*total) {
		if (!is_on_page(page, *total))
			continue;
		id = arena_push(arena, &ids->ids, &ids->count, &capacity, sizeof(*id), IDS_MAX);
		if (!id) {
			db_reset(list);
			return reader_is_full(err);
		}
		*id = db_int(list, "id");
	}
	return step == DB_DONE;
}

static bool
case_ids(struct reader *reader, const struct filter *filter, struct arena *arena,
	struct case_ids *ret_ids, uint64_t *ret_total, struct error *err)
{
	static const struct filter all = {0};
	struct case_ids ids = {0};
	struct statement *list;
	struct view match;
	uint64_t shown;
	bool ok;

	if (is_plain(filter)) {
		list = use_page(reader, "cases_newest", filter->limit, filter->offset);
		ok = take_case_ids(list, &all, arena, &ids, &shown, err) &&
		     read_count(reader, "cases_count", ret_total, err);
	} else {
		if (!start(reader, "cases_select", filter, arena, &list, &match, err))
			return false;
		ok = take_case_ids(list, filter, arena, &ids, ret_total, err);
	}
	if (!ok)
		return reader_failed(reader, err);
	db_limit_time(reader->db, 0);
	*ret_ids = ids;
	return true;
}

static bool
message_ids(struct reader *reader, const struct filter *filter, struct arena *arena,
	struct message_ids *ret_ids, uint64_t *ret_total, struct view *ret_match, struct error *err)
{
	static const struct filter all = {0};
	struct message_ids ids = {0};
	struct statement *list;
	uint64_t shown;
	bool ok;

	if (is_plain(filter)) {
		*ret_match = (struct view){0};
		list = use_page(reader, "messages_newest", filter->limit, filter->offset);
		ok = take_message_ids(list, &all, arena, &ids, &shown, err) &&
		     read_count(reader, "messages_count", ret_total, err);
	} else {
		if (!start(reader, "messages_select", filter, arena, &list, ret_match, err))
			return false;
		ok = take_message_ids(list, filter, arena, &ids, ret_total, err);
	}
	if (!ok)
		return reader_failed(reader, err);
	db_limit_time(reader->db, 0);
	*ret_ids = ids;
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

static bool
take_message_rows(struct reader *reader, const struct message_ids *ids, struct arena *arena,
	struct message_rows *found, struct error *err)
{
	found->rows = arena_alloc_array(arena, ids->count + 1, sizeof(*found->rows));
	if (!found->rows)
		return reader_is_full(err);
	for (size_t i = 0; i < ids->count; i++)
		switch (read_message_row(
			reader, ids->ids[i], arena, &found->rows[found->count], err)) {
		case FOUND:
			found->count++;
			break;
		case ABSENT: /* went while we read */
			break;
		case FAILED:
			return false;
		}
	return !arena_is_full(arena) || reader_is_full(err);
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
	db_limit_time(reader->db, QUERY_TIME_MS);
	if (!take_message_rows(reader, &page, arena, &found, err) ||
		(match.size && !read_snippets(reader, match, arena, &found, err)))
		return reader_failed(reader, err);
	db_limit_time(reader->db, 0);
	if (arena_is_full(arena))
		return reader_is_full(err);
	*ret_rows = found;
	return true;
}

static bool
first_messages(struct reader *reader, const char *statement, uint64_t limit, struct arena *arena,
	struct message_rows *ret_rows, struct error *err)
{
	static const struct filter all = {0};
	struct message_rows found = {0};
	struct message_ids ids = {0};

	if (!take_message_ids(
		    use_page(reader, statement, limit, 0), &all, arena, &ids, &found.total, err) ||
		!take_message_rows(reader, &ids, arena, &found, err))
		return false;
	*ret_rows = found;
	return true;
}

bool
query_waiting(struct reader *reader, uint64_t limit, struct arena *arena,
	struct message_rows *ret_rows, struct error *err)
{
	return first_messages(reader, "messages_waiting", limit, arena, ret_rows, err);
}

bool
query_set_aside(struct reader *reader, uint64_t limit, struct arena *arena,
	struct message_rows *ret_rows, struct error *err)
{
	return first_messages(reader, "messages_set_aside", limit, arena, ret_rows, err);
}
