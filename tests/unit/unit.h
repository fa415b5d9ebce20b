#ifndef TESTS_UNIT_UNIT_H
#define TESTS_UNIT_UNIT_H

/* What unit tests share: cmocka with what it needs, views in assertions, a folder of one's own. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/str.h"

#define assert_view(actual, literal) assert_view_equal((actual), VIEW(literal))

static inline void
assert_view_equal(struct view actual, struct view expected)
{
	if (view_equal(actual, expected))
		return;
	print_error("\"%.*s\" is not \"%.*s\"\n", (int)actual.size, actual.data ? actual.data : "",
		(int)expected.size, expected.data);
	fail();
}

/** The call has to succeed; otherwise its reason is told. */
#define assert_ok(call, err)                                                                       \
	do {                                                                                       \
		if (!(call)) {                                                                     \
			print_error("%s: %s\n", #call, (err).text);                                \
			fail();                                                                    \
		}                                                                                  \
	} while (0)

#define assert_contains(text, part)                                                                \
	do {                                                                                       \
		if (!strstr((text), (part))) {                                                     \
			print_error("\"%s\" does not contain \"%s\"\n", (text), (part));           \
			fail();                                                                    \
		}                                                                                  \
	} while (0)

/** An empty folder below $TMPDIR; unit_remove_folder() takes it away with all that is in it. */
static inline char *
unit_make_folder(void)
{
	const char *parent = getenv("TMPDIR");
	char *path = NULL;

	if (asprintf(&path, "%s/casepost-unit-XXXXXX", parent ? parent : "/tmp") < 0 ||
		!mkdtemp(path))
		abort();
	return path;
}

static inline void
unit_remove_folder(char *path)
{
	char *command = NULL;

	if (asprintf(&command, "rm -rf '%s'", path) < 0 || system(command) != 0)
		print_error("%s is left behind\n", path);
	free(command);
	free(path);
}

static inline int
unit_folder_setup(void **state)
{
	*state = unit_make_folder();
	return 0;
}

static inline int
unit_folder_teardown(void **state)
{
	unit_remove_folder(*state);
	return 0;
}

/** A test with a folder of its own as *state. */
#define folder_test(f) cmocka_unit_test_setup_teardown(f, unit_folder_setup, unit_folder_teardown)

/** A new file in a folder; the path is the caller's to free. */
static inline char *
unit_write_file(const char *folder, const char *name, struct view content)
{
	char *path = NULL;
	FILE *file;

	if (asprintf(&path, "%s/%s", folder, name) < 0)
		abort();
	file = fopen(path, "wb");
	if (!file || (content.size && fwrite(content.data, content.size, 1, file) != 1) ||
		fclose(file) != 0)
		abort();
	return path;
}

#endif
