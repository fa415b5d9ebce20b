#ifndef READING_TEST_H
#define READING_TEST_H

/*
 * What the tests of reading share: cmocka's includes in the order it wants, the vocabulary, and a
 * message from a string.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "read/message.h"

#define assert_view(given, expected)                                                               \
	do {                                                                                       \
		struct view got_ = (given);                                                        \
		char *copy_ = strndup(got_.data ? got_.data : "", got_.size);                      \
		assert_string_equal(copy_, expected);                                              \
		free(copy_);                                                                       \
	} while (0)

struct bench {
	struct reading *reading;
	struct arena *arena;
	struct mail mail;
};

static inline int
bench_open(void **state)
{
	static const struct tsv_folders FOLDERS = {VOCABULARY_DIR, NULL};
	struct bench *bench = calloc(1, sizeof(*bench));
	struct error err = {0};

	assert_non_null(bench);
	if (!reading_new(&bench->reading, &FOLDERS, &err))
		fail_msg("%s", err.text);
	bench->arena = arena_new(512 * 1024 * 1024);
	*state = bench;
	return 0;
}

static inline int
bench_close(void **state)
{
	struct bench *bench = *state;

	reading_free(bench->reading);
	arena_free(bench->arena);
	free(bench);
	return 0;
}

/* Every promise of mail.h that holds for any message. */
static inline void
assert_sound(const struct mail *mail)
{
	size_t at = 0;

	assert_true(utf8_is_valid(mail->text));
	assert_true(utf8_is_valid(mail->subject));
	assert_true(utf8_is_valid(mail->reply_text));
	assert_int_equal(view_find_byte(mail->text, '\0', 0), SIZE_MAX);
	for (size_t i = 0; i < mail->span_count; i++) {
		assert_int_equal(mail->spans[i].start, at);
		assert_true(mail->spans[i].end > at);
		at = mail->spans[i].end;
	}
	assert_int_equal(at, mail->text.size);
	for (size_t i = 0; i < mail->attachment_count; i++) {
		assert_true(utf8_is_valid(mail->attachments[i].name));
		assert_true(utf8_is_valid(mail->attachments[i].text));
		assert_int_equal(view_find_byte(mail->attachments[i].name, '/', 0), SIZE_MAX);
	}
}

static inline const struct mail *
read_bytes(void **state, struct view raw)
{
	struct bench *bench = *state;
	struct error err = {0};

	arena_reset(bench->arena);
	if (!message_read(bench->reading, raw, bench->arena, &bench->mail, &err))
		fail_msg("%s", err.text);
	assert_sound(&bench->mail);
	return &bench->mail;
}

static inline const struct mail *
read_text(void **state, const char *raw)
{
	return read_bytes(state, view_of(raw));
}

static inline bool
has_problem(const struct mail *mail, const char *code)
{
	for (size_t i = 0; i < mail->problem_count; i++)
		if (strcmp(mail->problems[i].code, code) == 0)
			return true;
	return false;
}

#endif
