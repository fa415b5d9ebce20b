#ifndef TESTS_UNIT_CASEBOOK_TOLD_H
#define TESTS_UNIT_CASEBOOK_TOLD_H

/*
 * Facts made by hand, a casebook to put them into, and what it says afterwards, as text.
 */

#include "../unit.h"

#include <sqlite3.h>

#include "casebook/casebook.h"

enum { TOLD_CASES_MAX = 4, TOLD_VALUES_MAX = 12 };

struct told_value {
	enum field field;
	const char *text;
	double confidence; /**< 0: the usual 0.9 */
};

/** A message. Its bytes are its name, so its id is made of that. */
struct told {
	const char *name;
	const char *message_id;
	const char *reply_to;
	const char *from;
	int64_t at; /**< 0: a day that is the same for all */
	struct told_value cases[TOLD_CASES_MAX][TOLD_VALUES_MAX];
};

struct book {
	char *folder;
	char *path;
	struct casebook *casebook;
	int64_t seq;
	struct error err;
};

enum { TOLD_DAY = 1583309520 };

static inline int64_t
told_id(const struct told *told)
{
	uint8_t sha256[SHA256_SIZE];
	int64_t id = 0;

	digest_sha256(view_of(told->name), sha256);
	for (size_t i = 0; i < 6; i++)
		id = id << 8 | sha256[i];
	return id;
}

static inline struct book *
book_new(void)
{
	struct book *book = calloc(1, sizeof(*book));

	book->folder = unit_make_folder();
	if (asprintf(&book->path, "%s/cases.db", book->folder) < 0)
		abort();
	assert_ok(casebook_open(&book->casebook, book->path, &book->err), book->err);
	return book;
}

static inline void
book_free(struct book *book)
{
	casebook_close(book->casebook);
	unit_remove_folder(book->folder);
	free(book->path);
	free(book);
}

static inline int
book_setup(void **state)
{
	*state = book_new();
	return 0;
}

static inline int
book_teardown(void **state)
{
	book_free(*state);
	return 0;
}

#define book_test(f) cmocka_unit_test_setup_teardown(f, book_setup, book_teardown)

static inline struct mention
told_mention(const struct told_value *from, struct value *values)
{
	struct mention mention = {.values = values};

	for (; mention.value_count < TOLD_VALUES_MAX && from[mention.value_count].text;
		mention.value_count++) {
		const struct told_value *said = &from[mention.value_count];

		values[mention.value_count] = (struct value){
			.field = said->field,
			.text = view_of(said->text),
			.confidence = said->confidence > 0 ? said->confidence : 0.9,
			.method = "label",
			.evidence = {PART_TEXT, 0, 0, strlen(said->text), view_of(said->text)},
		};
	}
	return mention;
}

static inline struct archive_message
told_message(const struct told *told, int64_t seq)
{
	struct archive_message message = {
		.seq = seq,
		.id = told_id(told),
		.size_bytes = strlen(told->name),
		.archived_at = TOLD_DAY + 1000000,
	};

	digest_sha256(view_of(told->name), message.sha256);
	return message;
}

/** Puts a message inside a transaction that is open. */
static inline void
book_put(struct book *book, const struct told *told)
{
	struct value values[TOLD_CASES_MAX][TOLD_VALUES_MAX];
	struct mention mentions[TOLD_CASES_MAX];
	struct archive_message message = told_message(told, ++book->seq);
	struct facts facts = {
		.mail =
			{
				.message_id = view_of(told->message_id),
				.in_reply_to = view_of(told->reply_to),
				.from = {{"", 0}, view_of(told->from)},
				.subject = view_of(told->name),
				.has_date = true,
				.date = told->at ? told->at : TOLD_DAY,
				.text = view_of(told->name),
				.reply_text = view_of(told->name),
			},
		.extraction = {.class = CLASS_SUBMISSION,
			.class_confidence = 0.9,
			.class_reason = VIEW("a test"),
			.mentions = mentions},
	};

	for (size_t i = 0; i < TOLD_CASES_MAX && told->cases[i][0].text; i++)
		mentions[facts.extraction.mention_count++] =
			told_mention(told->cases[i], values[i]);
	assert_ok(casebook_put(book->casebook, &message, &facts, &book->err), book->err);
}

static inline void
book_begin(struct book *book)
{
	assert_ok(casebook_begin(book->casebook, &book->err), book->err);
}

static inline void
book_commit(struct book *book)
{
	assert_ok(casebook_commit(book->casebook, book->seq, &book->err), book->err);
}

static inline void
book_tell(struct book *book, const struct told *told)
{
	book_begin(book);
	book_put(book, told);
	book_commit(book);
}

static inline void
book_drop(struct book *book, const struct told *told)
{
	book_begin(book);
	assert_ok(casebook_drop(book->casebook, told_id(told), &book->err), book->err);
	book_commit(book);
}

/** The rows that a query of the test gives: cells parted by "|", rows by a line end. */
static inline void
book_ask(const struct book *book, const char *sql, struct str *ret_rows)
{
	sqlite3_stmt *prepared = NULL;
	sqlite3 *handle = NULL;

	str_clear(ret_rows);
	assert_int_equal(sqlite3_open(book->path, &handle), SQLITE_OK);
	if (sqlite3_prepare_v2(handle, sql, -1, &prepared, NULL) != SQLITE_OK) {
		print_error("%s\n", sqlite3_errmsg(handle));
		fail();
	}
	while (sqlite3_step(prepared) == SQLITE_ROW) {
		for (int i = 0; i < sqlite3_column_count(prepared); i++) {
			const unsigned char *cell = sqlite3_column_text(prepared, i);

			if (i > 0)
				str_append_byte(ret_rows, '|');
			str_append(ret_rows, view_of(cell ? (const char *)cell : "-"));
		}
		str_append_byte(ret_rows, '\n');
	}
	sqlite3_finalize(prepared);
	sqlite3_close(handle);
	assert_false(ret_rows->overflowed);
}

static inline void
assert_answer(const struct book *book, const char *sql, const char *expected)
{
	CLEANUP(str_free) struct str rows = str_new(1 << 20);

	book_ask(book, sql, &rows);
	if (strcmp(str_text(&rows), expected) != 0)
		print_error("%s\n", sql);
	assert_string_equal(str_text(&rows), expected);
}

/** Everything that must not depend on the order of arrival. */
static inline void
book_dump(const struct book *book, struct str *ret_dump)
{
	static const char *const QUERIES[] = {
		"SELECT id, message_id, subject, sorted_at, class, thread FROM message ORDER BY id",
		"SELECT * FROM reference ORDER BY message, refers_to",
		"SELECT id, message, ordinal, case_id FROM mention ORDER BY id",
		"SELECT * FROM casefile ORDER BY id",
		"SELECT * FROM case_value ORDER BY case_id, field, ordinal",
		"SELECT * FROM mention_key ORDER BY key, mention",
		"SELECT rowid FROM search WHERE search MATCH 'letter' ORDER BY rowid",
	};

	for (size_t i = 0; i < sizeof(QUERIES) / sizeof(QUERIES[0]); i++) {
		CLEANUP(str_free) struct str rows = str_new(4 << 20);

		book_ask(book, QUERIES[i], &rows);
		str_append(ret_dump, str_view(&rows));
		str_append_byte(ret_dump, '\n');
	}
}

static inline void
assert_same_books(const struct book *a, const struct book *b)
{
	CLEANUP(str_free) struct str one = str_new(16 << 20), other = str_new(16 << 20);

	book_dump(a, &one);
	book_dump(b, &other);
	assert_string_equal(str_text(&one), str_text(&other));
}

#endif
