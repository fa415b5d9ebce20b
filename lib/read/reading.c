/*
 * The vocabulary of reading: tables to lists of folded phrases, once per process.
 */
#include "read/reading.h"

#include <stdlib.h>

#include "read/charset.h"
#include "read/message.h"
#include "read/parts.h"

/* Which rows of which table make up which list. */
struct source {
	const char *table;
	const char *kind;
	size_t list; /* offset in struct reading */
};

static const struct source SOURCES[] = {
	{"read_quote_headers.tsv", "from", offsetof(struct reading, from)},
	{"read_quote_headers.tsv", "sent", offsetof(struct reading, sent)},
	{"read_quote_headers.tsv", "to", offsetof(struct reading, to)},
	{"read_quote_headers.tsv", "subject", offsetof(struct reading, subject)},
	{"read_quote_headers.tsv", "original", offsetof(struct reading, original)},
	{"read_quote_headers.tsv", "forward", offsetof(struct reading, forward)},
	{"read_quote_headers.tsv", "above", offsetof(struct reading, above)},
	{"read_quote_headers.tsv", "wrote", offsetof(struct reading, wrote)},
	{"read_quote_headers.tsv", "begin", offsetof(struct reading, begin)},
	{"read_quote_headers.tsv", "forward_prefix", offsetof(struct reading, forward_prefix)},
	{"read_signatures.tsv", "closing", offsetof(struct reading, closing)},
	{"read_signatures.tsv", "contact", offsetof(struct reading, contact)},
	{"read_disclaimers.tsv", "disclaimer", offsetof(struct reading, disclaimer)},
	{"read_footers.tsv", "footer", offsetof(struct reading, footer)},
	{"read_footers.tsv", "list", offsetof(struct reading, list_footer)},
	{"read_banners.tsv", "banner", offsetof(struct reading, banner)},
	{"read_bounces.tsv", "subject", offsetof(struct reading, bounce_subject)},
	{"read_bounces.tsv", "copy", offsetof(struct reading, bounce_copy)},
	{"read_bounces.tsv", "delayed", offsetof(struct reading, bounce_delayed)},
};

void
reading_free(struct reading *reading)
{
	if (!reading)
		return;
	for (size_t i = 0; i < reading->table_count; i++)
		tsv_free(reading->tables[i]);
	arena_free(reading->arena);
	free(reading);
}

static bool
load_table(struct reading *reading, const struct tsv_folders *folders, const char *name,
	struct error *err)
{
	if (!tsv_load(&reading->tables[reading->table_count], folders, name, WORDS_COLUMN_NAMES,
		    WORDS_COLUMNS, err))
		return false;
	reading->table_count++;
	return true;
}

static bool
load_lists(struct reading *reading, const struct tsv_folders *folders, struct error *err)
{
	const char *name = "";

	for (size_t i = 0; i < sizeof(SOURCES) / sizeof(SOURCES[0]); i++) {
		const struct source *source = &SOURCES[i];
		struct words *list = (struct words *)(void *)((char *)reading + source->list);

		if (strcmp(name, source->table) != 0 &&
			!load_table(reading, folders, source->table, err))
			return false;
		name = source->table;
		if (!words_collect(list, reading->tables[reading->table_count - 1],
			    view_of(source->kind), reading->arena, err))
			return error_context(err, "%s/%s", folders->base, name);
	}
	return true;
}

/* In this table the kind is the language's code. */
static bool
load_languages(struct reading *reading, const struct tsv_folders *folders, struct error *err)
{
	const struct tsv *table;

	if (!load_table(reading, folders, "read_languages.tsv", err))
		return false;
	table = reading->tables[reading->table_count - 1];
	for (size_t row = 0; row < tsv_row_count(table); row++) {
		struct view code = tsv_cell(table, row, WORDS_KIND);
		struct language *language = NULL;

		for (size_t i = 0; i < reading->language_count && !language; i++)
			if (view_equal(reading->languages[i].code, code))
				language = &reading->languages[i];
		if (language)
			continue;
		if (code.size != 2 || reading->language_count == LANGUAGES_MAX)
			return tsv_error(table, row, err,
				"a language is two letters, and there are at most %d",
				LANGUAGES_MAX);
		language = &reading->languages[reading->language_count++];
		language->code = code;
		if (!words_collect(&language->words, table, code, reading->arena, err))
			return false;
	}
	return true;
}

bool
reading_new(struct reading **ret_reading, const struct tsv_folders *folders, struct error *err)
{
	CLEANUP(reading_freep) struct reading *reading = calloc(1, sizeof(*reading));

	if (!reading)
		abort();
	reading->arena = arena_new(SIZE_MAX);
	if (!load_lists(reading, folders, err) || !load_languages(reading, folders, err) ||
		!charset_prepare(err))
		return false;
	parts_prepare();
	*ret_reading = TAKE(reading);
	return true;
}

void
reading_digest(const struct reading *reading, struct digest *digest)
{
	for (size_t i = 0; i < reading->table_count; i++)
		tsv_digest(reading->tables[i], digest);
}
