#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cmocka_all.h"
#include "fetch/files.h"
#include "recorder.h"

struct fixture {
	char folder[64];
	struct recorder recorder;
	struct str problems;
	uint64_t taken;
};

static void
on_taken(void *context, uint64_t messages)
{
	struct fixture *fixture = context;

	fixture->taken = messages;
}

static void
on_problem(void *context, const char *path, const struct error *err)
{
	struct fixture *fixture = context;

	str_append_format(&fixture->problems, "%s: %s\n", path, err->text);
}

static int
set_up(void **state)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));

	assert_non_null(fixture);
	strcpy(fixture->folder, "/tmp/casepost-files-XXXXXX");
	assert_non_null(mkdtemp(fixture->folder));
	assert_int_equal(chdir(fixture->folder), 0);
	fixture->recorder = recorder_new();
	fixture->problems = str_new(65536);
	*state = fixture;
	return 0;
}

static int
tear_down(void **state)
{
	struct fixture *fixture = *state;
	char command[128];

	assert_int_equal(chdir("/"), 0);
	snprintf(command, sizeof(command), "rm -rf '%s'", fixture->folder);
	assert_int_equal(system(command), 0);
	recorder_free(&fixture->recorder);
	str_free(&fixture->problems);
	free(fixture);
	return 0;
}

static void
write_file(const char *path, const char *content)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	fputs(content, file);
	assert_int_equal(fclose(file), 0);
}

static void
make_folders(const char *const *paths)
{
	for (; *paths; paths++)
		assert_int_equal(mkdir(*paths, 0755), 0);
}

static bool
import(struct fixture *fixture, const char *path, struct error *err)
{
	struct intake intake = recorder_intake(&fixture->recorder);
	struct files_options options = {fixture, on_taken, on_problem};

	return files_import(path, &intake, &options, err);
}

static void
assert_import(struct fixture *fixture, const char *path, const char *expected)
{
	struct error err = {0};

	if (!import(fixture, path, &err))
		fail_msg("%s", err.text);
	assert_string_equal(str_text(&fixture->recorder.log), expected);
	assert_int_equal(fixture->recorder.open.size, 0);
}

static void
a_named_file_is_one_message_or_an_mbox(void **state)
{
	struct fixture *fixture = *state;

	write_file("letter", "Subject: x\n\nhello\n");
	write_file("box", "From a 09:12\nA: 1\n\n>From x\n\nFrom b 09:13\nB: 2\n");
	assert_import(fixture, "letter", "message [] letter v0 u0 t0: Subject: x\n\nhello\n\n");
	str_clear(&fixture->recorder.log);
	assert_import(fixture, "box",
		"message [] box v0 u1 t0: A: 1\n\nFrom x\n\nmessage [] box v0 u2 t0: B: 2\n\n");
	assert_int_equal(fixture->taken, 2);
	assert_int_equal(fixture->problems.size, 0);
}

static void
a_maildir_gives_both_its_parts_without_flags_in_the_place(void **state)
{
	static const char *const folders[] = {"md", "md/cur", "md/new", "md/tmp", "md/.Sent",
		"md/.Sent/cur", "md/.Sent/new", NULL};
	struct fixture *fixture = *state;

	make_folders(folders);
	write_file("md/cur/1.a:2,RS", "one");
	write_file("md/cur/2.b:2,S", "two");
	write_file("md/cur/.hidden", "no");
	write_file("md/new/3.c", "three");
	write_file("md/tmp/4.d", "unfinished");
	write_file("md/.Sent/cur/5.e:2,", "five");
	write_file("md/dovecot.index", "no");
	assert_import(fixture, "md",
		"message [] md/cur/1.a v0 u0 t0 answered: one\n"
		"message [] md/cur/2.b v0 u0 t0: two\n"
		"message [] md/new/3.c v0 u0 t0: three\n"
		"message [] md/.Sent/cur/5.e v0 u0 t0: five\n");
}

static void
a_folder_is_gone_through_in_the_order_of_names(void **state)
{
	static const char *const folders[] = {
		"in", "in/b", "in/md", "in/md/cur", "in/md/new", NULL};
	struct fixture *fixture = *state;

	make_folders(folders);
	write_file("in/z.eml", "z");
	write_file("in/a.EML", "a");
	write_file("in/b/c.eml", "c");
	write_file("in/box.mbox", "From a 09:12\nA: 1\n");
	write_file("in/notes.txt", "no message");
	write_file("in/md/new/1", "1");
	assert_int_equal(symlink("..", "in/b/loop"), 0);
	assert_import(fixture, "in/",
		"message [] in/a.EML v0 u0 t0: a\n"
		"message [] in/b/c.eml v0 u0 t0: c\n"
		"message [] in/box.mbox v0 u1 t0: A: 1\n\n"
		"message [] in/md/new/1 v0 u0 t0: 1\n"
		"message [] in/z.eml v0 u0 t0: z\n");
}

static void
what_cannot_be_read_is_named_and_the_rest_goes_on(void **state)
{
	static const char *const folders[] = {"in", NULL};
	struct fixture *fixture = *state;
	struct error err = {0};

	make_folders(folders);
	assert_int_equal(mkfifo("in/a.eml", 0644), 0);
	assert_int_equal(symlink("nowhere", "in/b.eml"), 0);
	write_file("in/c.eml", "c");
	assert_import(fixture, "in", "message [] in/c.eml v0 u0 t0: c\n");
	assert_non_null(strstr(str_text(&fixture->problems), "in/a.eml: is neither"));
	assert_non_null(strstr(str_text(&fixture->problems), "in/b.eml: cannot be opened"));
	assert_true(import(fixture, "absent", &err));
	assert_non_null(strstr(str_text(&fixture->problems), "absent: cannot be opened"));
}

static void
a_folder_without_messages_is_a_problem(void **state)
{
	static const char *const folders[] = {"empty", NULL};
	struct fixture *fixture = *state;

	make_folders(folders);
	assert_import(fixture, "empty", "");
	assert_non_null(strstr(str_text(&fixture->problems), "empty: holds no Maildir"));
}

static void
an_empty_file_is_an_empty_message(void **state)
{
	struct fixture *fixture = *state;

	write_file("none.eml", "");
	assert_import(fixture, "none.eml", "message [] none.eml v0 u0 t0: \n");
}

static void
batches_are_committed_on_the_way(void **state)
{
	static const char *const folders[] = {"many", NULL};
	struct fixture *fixture = *state;
	struct error err = {0};

	make_folders(folders);
	for (int i = 0; i < 450; i++) {
		char path[32];

		snprintf(path, sizeof(path), "many/%03d.eml", i);
		write_file(path, "x");
	}
	assert_true(import(fixture, "many", &err));
	assert_int_equal(fixture->taken, 450);
	assert_int_equal(fixture->recorder.commits, 3);
}

static void
a_full_disk_ends_the_import(void **state)
{
	struct fixture *fixture = *state;
	struct error err = {0};

	write_file("a.eml", "a");
	fixture->recorder.fail_commit = ERROR_STORAGE;
	assert_false(import(fixture, "a.eml", &err));
	assert_int_equal(err.reach, ERROR_STORAGE);
	assert_int_equal(fixture->taken, 0);
}

static void
a_message_that_is_too_large_is_left_out(void **state)
{
	static const char *const folders[] = {"in", NULL};
	struct fixture *fixture = *state;
	FILE *file;

	make_folders(folders);
	file = fopen("in/huge.eml", "w");
	assert_non_null(file);
	/* A hole: no disk is needed for it. */
	assert_int_equal(ftruncate(fileno(file), (off_t)FILES_MESSAGE_MAX + 1), 0);
	fclose(file);
	write_file("in/small.eml", "s");
	fixture->recorder.body.maximum = SIZE_MAX / 2;
	assert_import(fixture, "in", "message [] in/small.eml v0 u0 t0: s\n");
	assert_non_null(strstr(str_text(&fixture->problems), "in/huge.eml: a message is larger"));
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(a_named_file_is_one_message_or_an_mbox),
		TEST(a_maildir_gives_both_its_parts_without_flags_in_the_place),
		TEST(a_folder_is_gone_through_in_the_order_of_names),
		TEST(what_cannot_be_read_is_named_and_the_rest_goes_on),
		TEST(a_folder_without_messages_is_a_problem),
		TEST(an_empty_file_is_an_empty_message),
		TEST(batches_are_committed_on_the_way),
		TEST(a_full_disk_ends_the_import),
		TEST(a_message_that_is_too_large_is_left_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
