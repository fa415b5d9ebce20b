/*
 * What the tests of understanding share: one extractor a program, mails made of plain text.
 */
#include "fixture.h"

#include <string.h>

int
load_extractor(void **state)
{
	static const struct view owners[] = {{"research@example.org", 20}};
	const struct extract_options options = {
		.vocabulary = VOCABULARY_DIR, .owners = owners, .owner_count = 1};
	struct extractor *extractor = NULL;
	struct error err = {0};

	if (!extractor_new(&extractor, &options, &err)) {
		print_error("%s\n", err.text);
		return -1;
	}
	*state = extractor;
	return 0;
}

int
free_extractor(void **state)
{
	extractor_free(*state);
	return 0;
}

struct told
tell(void **state, const char *subject, const char *text)
{
	struct told told = {.arena = arena_new(256 * 1024 * 1024)};
	struct error err = {0};

	told.span = (struct span){.kind = SPAN_OWN, .end = strlen(text)};
	struct span *spans = arena_alloc(told.arena, sizeof(*spans));
	*spans = told.span;
	told.mail = (struct mail){.subject = view_of(subject),
		.text = view_of(text),
		.reply_text = view_of(text),
		.spans = spans,
		.span_count = 1,
		.has_date = true,
		.date = 1583830800, /* 10 March 2020 */
		.from = {.name = VIEW("Anna Tamm"), .address = VIEW("anna@agency.example.ee")}};
	if (!extract_mail(*state, &told.mail, told.arena, &told.extraction, &err))
		fail_msg("%s", err.text);
	return told;
}

void
forget(struct told *told)
{
	arena_free(told->arena);
}

const char *
said(const struct told *told, size_t mention, enum field field)
{
	if (mention >= told->extraction.mention_count)
		return "";
	const struct mention *where = &told->extraction.mentions[mention];
	for (size_t i = 0; i < where->value_count; i++)
		if (where->values[i].field == field)
			return arena_string(told->arena, where->values[i].text);
	return "";
}

bool
says(const struct told *told, size_t mention, enum field field, const char *value)
{
	if (mention >= told->extraction.mention_count)
		return false;
	const struct mention *where = &told->extraction.mentions[mention];
	for (size_t i = 0; i < where->value_count; i++)
		if (where->values[i].field == field &&
			view_equal(where->values[i].text, view_of(value)))
			return true;
	return false;
}

void
assert_evidence(const struct told *told)
{
	for (size_t m = 0; m < told->extraction.mention_count; m++)
		for (size_t i = 0; i < told->extraction.mentions[m].value_count; i++) {
			const struct value *value = &told->extraction.mentions[m].values[i];
			struct view text = value->evidence.part == PART_SUBJECT ? told->mail.subject
										: told->mail.text;

			if (value->evidence.part == PART_NONE) {
				assert_string_equal(value->method, "sender");
				continue;
			}
			assert_true(value->evidence.quote.size > 0);
			assert_true(view_equal(value->evidence.quote,
				view_slice(text, value->evidence.start, value->evidence.end)));
		}
}
