/*
 * From here on nothing is lost: bytes and positions together, each content once, every place kept.
 */
#include "../unit.h"

#include "archive/batch.h"
#include "archive/pack.h"

enum { UIDVALIDITY = 7 };

struct world {
	char *folder;
	struct archive *archive;
	struct batch *batch;
	struct error err;
};

static void
open_world(struct world *world)
{
	assert_ok(archive_open(&world->archive, world->folder, DB_WRITE, &world->err), world->err);
	assert_ok(
		batch_open(&world->batch, world->archive, world->folder, &world->err), world->err);
}

static void
close_world(struct world *world)
{
	batch_close(TAKE(world->batch));
	archive_close(TAKE(world->archive));
}

static int
set_up(void **state)
{
	struct world *world = calloc(1, sizeof(*world));

	world->folder = unit_make_folder();
	open_world(world);
	*state = world;
	return 0;
}

static int
tear_down(void **state)
{
	struct world *world = *state;

	close_world(world);
	unit_remove_folder(world->folder);
	free(world);
	return 0;
}

static struct batch_place
place(uint32_t uid)
{
	return (struct batch_place){
		.mailbox = VIEW("research"),
		.folder = VIEW("INBOX"),
		.uidvalidity = UIDVALIDITY,
		.uid = uid,
	};
}

static struct batch_place
file_place(const char *path, uint32_t ordinal)
{
	return (struct batch_place){.folder = view_of(path), .uid = ordinal};
}

static void
collect(struct world *world, struct batch_place where, struct view bytes)
{
	struct error *err = &world->err;

	assert_ok(batch_begin(world->batch, &where, err), world->err);
	assert_ok(batch_append(world->batch, bytes, err), world->err);
	assert_ok(batch_finish(world->batch, err), world->err);
}

static struct batch_result
commit(struct world *world)
{
	struct batch_result result = {0};

	assert_ok(batch_commit(world->batch, &result, &world->err), world->err);
	return result;
}

static bool
append_to_str(void *context, struct view bytes)
{
	str_append(context, bytes);
	return true;
}

static void
assert_raw(struct world *world, int64_t seq, struct view expected)
{
	CLEANUP(str_free) struct str raw = str_new(64 << 20);

	assert_ok(archive_read_raw(world->archive, seq, append_to_str, &raw, &world->err),
		world->err);
	assert_int_equal(raw.size, expected.size);
	assert_true(view_equal(str_view(&raw), expected));
}

static int64_t
count_messages(struct world *world)
{
	int64_t count = -1;

	assert_ok(archive_count_after(world->archive, 0, &count, &world->err), world->err);
	return count;
}

struct uids {
	uint32_t uids[64];
	size_t count;
};

static void
note_uid(void *context, uint32_t uid)
{
	struct uids *uids = context;

	uids->uids[uids->count++] = uid;
}

static struct uids
known(struct world *world)
{
	struct batch_place where = place(0);
	struct uids uids = {.count = 0};

	assert_ok(batch_known(world->batch, &where, note_uid, &uids, &world->err), world->err);
	return uids;
}

static struct folder_account
account(struct world *world)
{
	CLEANUP(arena_freep) struct arena *arena = arena_new(1 << 20);
	struct folder_account *accounts, only;
	size_t count;

	assert_ok(archive_accounts(world->archive, arena, &accounts, &count, &world->err),
		world->err);
	assert_int_equal(count, 1);
	only = accounts[0];
	assert_view(only.mailbox, "research");
	assert_view(only.folder, "INBOX");
	return only;
}

static void
the_same_bytes_are_stored_once_and_all_their_places_are_kept(void **state)
{
	struct world *world = *state;
	CLEANUP(arena_freep) struct arena *arena = arena_new(1 << 20);
	struct batch_result result;
	struct view *sources;
	size_t count;

	collect(world, place(3), VIEW("Subject: a\r\n\r\nb"));
	collect(world, place(5), VIEW("Subject: a\r\n\r\nb"));
	collect(world, file_place("mail/a.eml", 0), VIEW("Subject: a\r\n\r\nb"));
	result = commit(world);
	assert_int_equal(result.archived, 1);
	assert_int_equal(result.duplicate, 2);
	assert_int_equal(result.size_bytes, 15);
	collect(world, file_place("a.mbox", 2), VIEW("Subject: a\r\n\r\nb"));
	assert_int_equal(commit(world).duplicate, 1);
	assert_int_equal(count_messages(world), 1);
	assert_ok(archive_sources(world->archive, 1, arena, &sources, &count, &world->err),
		world->err);
	assert_int_equal(count, 3);
	assert_view(sources[0], "a.mbox");
	assert_view(sources[1], "imap:research/INBOX");
	assert_view(sources[2], "mail/a.eml");
	assert_int_equal(known(world).count, 2);
}

static void
sources_stand_in_the_same_order_whatever_came_first(void **state)
{
	static const char *const PATHS[] = {"z.eml", "a.eml", "m.eml"};
	struct world *world = *state;
	CLEANUP(arena_freep) struct arena *arena = arena_new(1 << 20);
	struct view *first, *second;
	size_t count;

	for (size_t i = 0; i < 3; i++) {
		collect(world, file_place(PATHS[i], 0), VIEW("one"));
		collect(world, file_place(PATHS[2 - i], 0), VIEW("two"));
	}
	commit(world);
	assert_ok(
		archive_sources(world->archive, 1, arena, &first, &count, &world->err), world->err);
	assert_ok(archive_sources(world->archive, 2, arena, &second, &count, &world->err),
		world->err);
	assert_int_equal(count, 3);
	for (size_t i = 0; i < 3; i++)
		assert_view_equal(first[i], second[i]);
}

static void
a_batch_that_was_not_committed_was_never_there(void **state)
{
	struct world *world = *state;

	collect(world, place(1), VIEW("kept"));
	commit(world);
	collect(world, place(2), VIEW("lost"));
	close_world(world);
	open_world(world);
	assert_int_equal(count_messages(world), 1);
	assert_int_equal(known(world).count, 1);
	assert_int_equal(known(world).uids[0], 1);
}

static void
bytes_and_position_are_visible_to_others_together(void **state)
{
	struct world *world = *state;
	CLEANUP(archive_closep) struct archive *reader = NULL;
	int64_t count;

	assert_ok(archive_open(&reader, world->folder, DB_READ, &world->err), world->err);
	collect(world, place(1), VIEW("x"));
	assert_ok(archive_count_after(reader, 0, &count, &world->err), world->err);
	assert_int_equal(count, 0);
	commit(world);
	assert_ok(archive_count_after(reader, 0, &count, &world->err), world->err);
	assert_int_equal(count, 1);
}

static void
a_cancelled_message_leaves_no_trace_in_the_next_one(void **state)
{
	struct world *world = *state;
	CLEANUP(freep) char *large = calloc(1, 3 << 20);
	struct batch_place where = place(1);

	memset(large, 'x', 3 << 20);
	assert_ok(batch_begin(world->batch, &where, &world->err), world->err);
	assert_ok(batch_append(world->batch, view_make(large, 3 << 20), &world->err), world->err);
	batch_cancel(world->batch);
	batch_cancel(world->batch);
	collect(world, place(2), VIEW("short"));
	assert_int_equal(commit(world).size_bytes, 5);
	assert_int_equal(count_messages(world), 1);
	assert_raw(world, 1, VIEW("short"));
	assert_int_equal(known(world).uids[0], 2);
}

static void
a_cancelled_refusal_or_message_does_not_refuse_the_next(void **state)
{
	struct world *world = *state;
	struct batch_place open = place(1), refused = place(2);

	assert_ok(batch_begin(world->batch, &open, &world->err), world->err);
	assert_ok(batch_refuse(world->batch, &refused, VIEW("no"), &world->err), world->err);
	batch_clear(world->batch);
	collect(world, place(3), VIEW("x"));
	assert_int_equal(commit(world).refused, 0);
	assert_int_equal(known(world).count, 1);
}

static void
a_message_in_collection_at_the_commit_is_left_out(void **state)
{
	struct world *world = *state;
	struct batch_place where = place(2);

	collect(world, place(1), VIEW("whole"));
	assert_ok(batch_begin(world->batch, &where, &world->err), world->err);
	assert_ok(batch_append(world->batch, VIEW("half"), &world->err), world->err);
	assert_int_equal(commit(world).archived, 1);
	assert_int_equal(known(world).count, 1);
}

static void
a_refusal_is_known_with_its_reason_and_counts_in_the_account(void **state)
{
	struct world *world = *state;
	struct batch_place refused = place(2), where = place(0);
	struct folder_account line;

	collect(world, place(1), VIEW("x"));
	assert_ok(batch_refuse(world->batch, &refused, VIEW("BAD"), &world->err), world->err);
	assert_int_equal(commit(world).refused, 1);
	assert_int_equal(known(world).count, 2);
	assert_ok(batch_compared(world->batch, &where, 5, 3, NULL, 0, &world->err), world->err);
	line = account(world);
	assert_int_equal(line.on_server, 5);
	assert_int_equal(line.archived, 1);
	assert_int_equal(line.refused, 1);
	assert_int_equal(line.pending, 3);
	assert_true(line.compared_at > 0);
	assert_int_equal(line.on_server, line.archived + line.refused + line.pending);
}

static void
a_refused_message_that_is_delivered_after_all_counts_once(void **state)
{
	struct world *world = *state;
	struct batch_place refused = place(1);

	assert_ok(batch_refuse(world->batch, &refused, VIEW("BAD"), &world->err), world->err);
	commit(world);
	collect(world, place(1), VIEW("x"));
	commit(world);
	assert_int_equal(account(world).archived, 1);
	assert_int_equal(account(world).refused, 0);
}

static void
what_the_server_has_no_more_stays_and_counts_no_more(void **state)
{
	static const struct uid_gone GONE[] = {{1, 1}, {3, 4000000000}};
	struct world *world = *state;
	struct batch_place refused = place(9), where = place(0);

	for (uint32_t uid = 1; uid <= 4; uid++)
		collect(world, place(uid), view_make(&uid, sizeof(uid)));
	assert_ok(batch_refuse(world->batch, &refused, VIEW("BAD"), &world->err), world->err);
	commit(world);
	assert_ok(batch_compared(world->batch, &where, 1, 0, GONE, 2, &world->err), world->err);
	assert_int_equal(account(world).archived, 1);
	assert_int_equal(account(world).refused, 0);
	assert_int_equal(count_messages(world), 4);
}

static void
a_message_that_was_hidden_for_a_while_counts_again(void **state)
{
	static const struct uid_gone GONE = {1, 1};
	struct world *world = *state;
	struct batch_place where = place(0);

	collect(world, place(1), VIEW("x"));
	commit(world);
	assert_ok(batch_compared(world->batch, &where, 0, 0, &GONE, 1, &world->err), world->err);
	assert_int_equal(known(world).count, 0); /* so that it is asked for if it shows again */
	collect(world, place(1), VIEW("x"));
	assert_int_equal(commit(world).duplicate, 1);
	assert_ok(batch_compared(world->batch, &where, 1, 0, NULL, 0, &world->err), world->err);
	assert_int_equal(account(world).archived, 1);
	assert_int_equal(known(world).count, 1);
}

static void
the_account_is_that_of_the_uidvalidity_compared_last(void **state)
{
	struct world *world = *state;
	struct batch_place old = place(1), new = place(1);

	new.uidvalidity = 8;
	collect(world, old, VIEW("x"));
	commit(world);
	assert_ok(batch_compared(world->batch, &old, 1, 0, NULL, 0, &world->err), world->err);
	collect(world, new, VIEW("x"));
	commit(world);
	assert_ok(batch_compared(world->batch, &new, 1, 0, NULL, 0, &world->err), world->err);
	assert_int_equal(account(world).uidvalidity, 8);
	assert_int_equal(account(world).archived, 1);
	assert_int_equal(count_messages(world), 1);
}

static void
an_empty_message_is_a_message(void **state)
{
	struct world *world = *state;
	struct batch_place where = place(1);
	struct archive_message message;

	assert_ok(batch_begin(world->batch, &where, &world->err), world->err);
	assert_ok(batch_finish(world->batch, &world->err), world->err);
	assert_int_equal(commit(world).archived, 1);
	assert_int_equal(archive_next(world->archive, 0, &message, &world->err), ARCHIVE_FOUND);
	assert_int_equal(message.size_bytes, 0);
	assert_raw(world, message.seq, VIEW(""));
}

static void
raw_bytes_come_out_as_they_went_in_whatever_their_size(void **state)
{
	static const size_t SIZES[] = {1, 1000, PACK_PIECE_MAX - 1, PACK_PIECE_MAX,
		PACK_PIECE_MAX + 1, 2 * PACK_PIECE_MAX, 2 * PACK_PIECE_MAX + 12345};
	enum { COUNT = sizeof(SIZES) / sizeof(SIZES[0]) };
	struct world *world = *state;
	CLEANUP(freep) char *raw = malloc(4 << 20);
	uint64_t random = 7;

	for (size_t i = 0; i < 4 << 20; i++) {
		random = random * 6364136223846793005u + 1442695040888963407u;
		raw[i] = (char)(random >> 60 ? random >> 40 : 'a');
	}
	for (uint32_t i = 0; i < COUNT; i++) {
		struct batch_place where = place(i + 1);
		size_t step = 1 + (size_t)(random >> 40) % 100000;

		random = random * 6364136223846793005u + 1442695040888963407u;
		assert_ok(batch_begin(world->batch, &where, &world->err), world->err);
		for (size_t at = 0; at < SIZES[i]; at += step)
			assert_ok(batch_append(world->batch,
					  view_slice(view_make(raw, SIZES[i]), at, at + step),
					  &world->err),
				world->err);
		assert_ok(batch_finish(world->batch, &world->err), world->err);
	}
	assert_int_equal(commit(world).archived, COUNT);
	for (int64_t seq = 1; seq <= COUNT; seq++)
		assert_raw(world, seq, view_make(raw, SIZES[seq - 1]));
}

static void
messages_come_in_the_order_of_arrival_and_by_their_number(void **state)
{
	struct world *world = *state;
	struct archive_message message, same;
	uint8_t sha256[SHA256_SIZE];
	struct batch_place where = place(2);

	where.received_at = 1583309520;
	where.answered = true;
	collect(world, place(1), VIEW("x"));
	collect(world, where, VIEW("x"));
	commit(world);
	assert_int_equal(archive_next(world->archive, 0, &message, &world->err), ARCHIVE_FOUND);
	digest_sha256(VIEW("x"), sha256);
	assert_memory_equal(message.sha256, sha256, SHA256_SIZE);
	assert_int_equal(message.received_at, 1583309520);
	assert_true(message.answered);
	assert_true(message.id > 0 && message.id < (int64_t)1 << 53);
	assert_int_equal(
		archive_find(world->archive, message.id, &same, &world->err), ARCHIVE_FOUND);
	assert_int_equal(same.seq, message.seq);
	assert_int_equal(archive_find(world->archive, 4711, &same, &world->err), ARCHIVE_ABSENT);
	assert_int_equal(
		archive_next(world->archive, message.seq, &same, &world->err), ARCHIVE_ABSENT);
}

static void
a_full_disk_keeps_nothing_of_the_batch_and_the_next_try_succeeds(void **state)
{
	struct world *world = *state;
	CLEANUP(freep) char *noise = malloc(900000);
	struct batch_result result = {.archived = 99};
	uint64_t random = 3;

	for (size_t i = 0; i < 900000; i++) {
		random = random * 6364136223846793005u + 1442695040888963407u;
		noise[i] = (char)(random >> 56);
	}
	assert_ok(db_execute(archive_db(world->archive), "PRAGMA max_page_count = 40", &world->err),
		world->err);
	collect(world, place(1), VIEW("small"));
	collect(world, place(2), view_make(noise, 900000));
	assert_false(batch_commit(world->batch, &result, &world->err));
	assert_int_equal(world->err.reach, ERROR_STORAGE);
	assert_int_equal(result.archived, 99);
	assert_int_equal(count_messages(world), 0);
	assert_int_equal(known(world).count, 0);
	assert_ok(db_execute(
			  archive_db(world->archive), "PRAGMA max_page_count = 99999", &world->err),
		world->err);
	collect(world, place(1), VIEW("small"));
	collect(world, place(2), view_make(noise, 900000));
	assert_int_equal(commit(world).archived, 2);
	assert_raw(world, 2, view_make(noise, 900000));
}

static void
more_names_than_there_is_room_for_are_an_error_and_no_file_without_a_name(void **state)
{
	enum { NAME_SIZE = 8000 };
	struct world *world = *state;
	CLEANUP(freep) char *name = malloc(NAME_SIZE);
	struct batch_place where = {
		.mailbox = VIEW("research"), .folder = view_make(name, NAME_SIZE), .uid = 1};
	uint64_t collected = 0;

	memset(name, 'n', NAME_SIZE);
	while (batch_begin(world->batch, &where, &world->err)) {
		collected++;
		where.uid++;
		if (!batch_append(world->batch, view_make(&where.uid, 4), &world->err) ||
			!batch_finish(world->batch, &world->err))
			break;
		assert_true(collected < 20000);
	}
	assert_int_equal(world->err.reach, ERROR_STORAGE);
	assert_true(commit(world).archived >= collected - 1);
	/* Fails by its constraint if there is one. */
	assert_ok(db_execute(archive_db(world->archive),
			  "CREATE TEMP TABLE none (x CHECK (x = 0));"
			  "INSERT INTO none SELECT count(*) FROM file_place;",
			  &world->err),
		world->err);
}

static size_t
high_water_kib(void)
{
	FILE *status = fopen("/proc/self/status", "r");
	char line[200];
	size_t kib = 0;

	while (status && fgets(line, sizeof(line), status))
		if (sscanf(line, "VmHWM: %zu", &kib) == 1)
			break;
	if (status)
		fclose(status);
	return kib;
}

static bool
count_bytes(void *context, struct view bytes)
{
	*(size_t *)context += bytes.size;
	return true;
}

static void
a_message_of_60_mb_passes_through_bounded_memory(void **state)
{
	enum { STEP = 64 * 1024, STEPS = 960 };
	struct world *world = *state;
	CLEANUP(freep) char *bytes = malloc(STEP);
	struct batch_place where = place(1);
	size_t before = high_water_kib(), size = 0;
	uint64_t random = 11;

	assert_ok(batch_begin(world->batch, &where, &world->err), world->err);
	for (int i = 0; i < STEPS; i++) {
		for (size_t at = 0; at < STEP; at += 8) {
			random = random * 6364136223846793005u + 1442695040888963407u;
			memcpy(bytes + at, &random, 8);
		}
		assert_ok(batch_append(world->batch, view_make(bytes, STEP), &world->err),
			world->err);
	}
	assert_ok(batch_finish(world->batch, &world->err), world->err);
	assert_int_equal(commit(world).size_bytes, (uint64_t)STEP * STEPS);
	assert_ok(archive_read_raw(world->archive, 1, count_bytes, &size, &world->err), world->err);
	assert_int_equal(size, (size_t)STEP * STEPS);
#ifndef CASEPOST_SANITIZED
	assert_true(high_water_kib() - before < 32 * 1024);
#else
	(void)before; /* sanitizers keep freed memory for a while */
#endif
}

static void
a_message_beyond_the_limit_is_refused_while_it_comes(void **state)
{
	struct world *world = *state;
	CLEANUP(freep) char *bytes = calloc(1, 8 << 20);
	struct batch_place where = place(1);
	int steps = 0;

	assert_ok(batch_begin(world->batch, &where, &world->err), world->err);
	while (batch_append(world->batch, view_make(bytes, 8 << 20), &world->err))
		assert_true(++steps <= BATCH_MESSAGE_MAX / (8 << 20));
	assert_int_equal(world->err.reach, ERROR_MESSAGE);
	assert_contains(world->err.text, "larger than 200 MiB");
	batch_cancel(world->batch);
	collect(world, place(2), VIEW("next"));
	assert_int_equal(commit(world).archived, 1);
	assert_raw(world, 1, VIEW("next"));
}

#define world_test(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		world_test(the_same_bytes_are_stored_once_and_all_their_places_are_kept),
		world_test(sources_stand_in_the_same_order_whatever_came_first),
		world_test(a_batch_that_was_not_committed_was_never_there),
		world_test(bytes_and_position_are_visible_to_others_together),
		world_test(a_cancelled_message_leaves_no_trace_in_the_next_one),
		world_test(a_cancelled_refusal_or_message_does_not_refuse_the_next),
		world_test(a_message_in_collection_at_the_commit_is_left_out),
		world_test(a_refusal_is_known_with_its_reason_and_counts_in_the_account),
		world_test(a_refused_message_that_is_delivered_after_all_counts_once),
		world_test(what_the_server_has_no_more_stays_and_counts_no_more),
		world_test(a_message_that_was_hidden_for_a_while_counts_again),
		world_test(the_account_is_that_of_the_uidvalidity_compared_last),
		world_test(an_empty_message_is_a_message),
		world_test(raw_bytes_come_out_as_they_went_in_whatever_their_size),
		world_test(messages_come_in_the_order_of_arrival_and_by_their_number),
		world_test(a_full_disk_keeps_nothing_of_the_batch_and_the_next_try_succeeds),
		world_test(
			more_names_than_there_is_room_for_are_an_error_and_no_file_without_a_name),
		world_test(a_message_of_60_mb_passes_through_bounded_memory),
		world_test(a_message_beyond_the_limit_is_refused_while_it_comes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
