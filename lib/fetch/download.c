/*
 * FETCH: lists of UIDs and sizes, small messages in batches, large ones as a stream.
 *
 * Traps of libetpan 1.9.4: its handler for a message is ignored unless a progress callback is set;
 * the handler for a body's bytes is not told the UID, and the UID may follow the bytes. So a small
 * message is collected here until all of its answer is known, and a large one is asked for alone.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "fetch/imap.h"

enum {
	/* RFC822.SIZE is an announcement: what exceeds this after all is left out and asked for
	 * again, alone. */
	COLLECT_MAX = 4 * SYNC_LARGE_BYTES,
	/* Lines of some KiB are safe everywhere (RFC 7162 4 asks servers to take 8192). */
	RANGES_MAX = 300,
	COMMAND_MAX = 16 * 1024,
	/* For the deadline: the list of a folder of a million messages. */
	LIST_BYTES = 64 * 1024 * 1024,
};

/* What one command brings. */
struct download {
	const struct session_sink *sink;
	bool streams;         /* bytes go to sink->bytes as they come */
	bool got_body;        /* an answer with a body has come to its end */
	uint64_t streamed;    /* bytes */
	struct str body;      /* of the message under way */
	struct error failure; /* the sink's first */
	struct uidset *uids;  /* lists: */
	uint32_t first;
	struct sync_message *messages;
	size_t count, capacity;
	struct session_message last;
	bool got_uid;
};

static void
ignore_progress(size_t current, size_t maximum, void *context)
{
	(void)current;
	(void)maximum;
	(void)context;
}

static bool
take_bytes(int type, struct mailimap_msg_att_body_section *section, const char *bytes, size_t size,
	void *context)
{
	struct download *download = context;

	(void)section;
	if (type != MAILIMAP_MSG_ATT_BODY_SECTION || download->failure.reach != ERROR_NONE)
		return true;
	download->streamed += size;
	if (!download->streams)
		str_append(&download->body, view_make(bytes, size));
	else if (size > 0)
		(void)download->sink->bytes(
			download->sink->context, view_make(bytes, size), &download->failure);
	return true; /* false would end the connection; the failure is looked at afterwards */
}

/* The parser takes any number for any part of a date. */
static bool
is_date(const struct mailimap_date_time *date)
{
	return date && date->dt_year >= 1970 && date->dt_year <= 9999 && date->dt_month >= 1 &&
	       date->dt_month <= 12 && date->dt_day >= 1 && date->dt_day <= 31 &&
	       date->dt_hour >= 0 && date->dt_hour <= 23 && date->dt_min >= 0 &&
	       date->dt_min <= 59 && date->dt_sec >= 0 && date->dt_sec <= 60 &&
	       date->dt_zone >= -1500 && date->dt_zone <= 1500;
}

static int64_t
to_unix(const struct mailimap_date_time *date)
{
	int64_t minutes;

	if (!is_date(date))
		return 0;
	minutes = clock_day_from_civil(date->dt_year, date->dt_month, date->dt_day) * 24 * 60;
	minutes += (int64_t)date->dt_hour * 60 + date->dt_min;
	/* The zone is "+hhmm" as a number; both its parts carry the sign. */
	minutes -= (int64_t)(date->dt_zone / 100) * 60 + date->dt_zone % 100;
	return minutes < 0 ? 0 : minutes * 60 + date->dt_sec;
}

static bool
is_answered(const struct mailimap_msg_att_dynamic *flags)
{
	if (!flags || !flags->att_list)
		return false;
	for (clistiter *at = clist_begin(flags->att_list); at; at = clist_next(at)) {
		const struct mailimap_flag_fetch *flag = clist_content(at);

		if (flag && flag->fl_type == MAILIMAP_FLAG_FETCH_OTHER && flag->fl_flag &&
			flag->fl_flag->fl_type == MAILIMAP_FLAG_ANSWERED)
			return true;
	}
	return false;
}

struct answer {
	struct session_message message;
	const struct mailimap_msg_att_body_section *body;
	bool has_body;
};

static void
read_static(const struct mailimap_msg_att_static *item, struct answer *answer)
{
	if (!item)
		return;
	switch (item->att_type) {
	case MAILIMAP_MSG_ATT_UID:
		answer->message.uid = item->att_data.att_uid;
		break;
	case MAILIMAP_MSG_ATT_RFC822_SIZE:
		answer->message.size_bytes = item->att_data.att_rfc822_size;
		break;
	case MAILIMAP_MSG_ATT_INTERNALDATE:
		answer->message.received_at = to_unix(item->att_data.att_internal_date);
		break;
	case MAILIMAP_MSG_ATT_BODY_SECTION:
		answer->body = item->att_data.att_body_section;
		answer->has_body = true;
		break;
	default: /* an int, not an enum; what we did not ask for we do not read */
		break;
	}
}

static void
read_answer(const struct mailimap_msg_att *att, struct answer *answer)
{
	for (clistiter *at = clist_begin(att->att_list); at; at = clist_next(at)) {
		const struct mailimap_msg_att_item *item = clist_content(at);

		if (item && item->att_type == MAILIMAP_MSG_ATT_ITEM_STATIC)
			read_static(item->att_data.att_static, answer);
		else if (item && item->att_type == MAILIMAP_MSG_ATT_ITEM_DYNAMIC)
			answer->message.answered = is_answered(item->att_data.att_dyn);
	}
}

/* A body that came as a quoted string instead of a literal is in the answer itself. */
static void
take_quoted_body(struct download *download, const struct mailimap_msg_att_body_section *body)
{
	bool is_here = download->streams ? download->streamed > 0 : download->body.size > 0;

	if (body && body->sec_body_part && body->sec_length > 0 && !is_here)
		(void)take_bytes(MAILIMAP_MSG_ATT_BODY_SECTION, NULL, body->sec_body_part,
			body->sec_length, download);
}

static void
note_listed(struct download *download, const struct session_message *message)
{
	if (download->uids && message->uid >= download->first)
		uidset_add(download->uids, message->uid, message->uid);
	if (download->uids)
		return;
	if (download->count == download->capacity) {
		download->capacity = download->capacity ? download->capacity * 2 : 256;
		download->messages = reallocarray(
			download->messages, download->capacity, sizeof(*download->messages));
		if (!download->messages)
			abort();
	}
	download->messages[download->count++] =
		(struct sync_message){message->uid, message->size_bytes};
}

static void
note_body(struct download *download, const struct answer *answer)
{
	bool whole;

	take_quoted_body(download, answer->body);
	download->got_body = true;
	/* NIL in place of a body looks like an empty one: then the announced size tells. */
	whole = !download->body.overflowed &&
		(download->body.size > 0 || answer->message.size_bytes == 0);
	if (!download->streams && whole && download->failure.reach == ERROR_NONE)
		(void)download->sink->message(download->sink->context, &answer->message,
			str_view(&download->body), &download->failure);
}

/* Called at the end of each message's answer; unsolicited FETCHes of flags come here, too. */
static void
take_answer(struct mailimap_msg_att *att, void *context)
{
	struct download *download = context;
	struct answer answer = {0};

	if (att && att->att_list)
		read_answer(att, &answer);
	if (answer.message.uid != 0) {
		download->got_uid = true;
		download->last = answer.message;
		if (!download->sink)
			note_listed(download, &answer.message);
		else if (answer.has_body)
			note_body(download, &answer);
	}
	str_clear(&download->body);
}

/*
 * Runs UID FETCH. As a custom command, because libetpan's own crashes on a NO without any answer
 * before it (it frees a list that is not there).
 */
static bool
run(struct session *session, struct view set, const char *items, struct download *download,
	struct error *err)
{
	CLEANUP(str_free) struct str command = str_new(COMMAND_MAX);
	int result;

	str_append_format(&command, "UID FETCH %.*s (%s)", (int)set.size, set.data, items);
	if (command.overflowed)
		return error_set(err, ERROR_PROGRAM, "a command is too long");
	mailimap_set_progress_callback(session->imap, ignore_progress, ignore_progress, download);
	mailimap_set_msg_att_handler(session->imap, take_answer, download);
	mailimap_set_msg_body_handler(session->imap, take_bytes, download);
	result = mailimap_custom_command(session->imap, str_text(&command));
	mailimap_set_msg_att_handler(session->imap, NULL, NULL);
	mailimap_set_msg_body_handler(session->imap, NULL, NULL);
	mailimap_set_progress_callback(session->imap, NULL, NULL, NULL);
	return session_judge(session, result, "FETCH", ERROR_MESSAGE, err);
}

static bool
run_set(struct session *session, const struct uidset *uids, const char *items,
	struct download *download, struct error *err)
{
	CLEANUP(str_free) struct str set = str_new(COMMAND_MAX);

	uidset_format(uids, &set);
	return run(session, str_view(&set), items, download, err);
}

static bool
run_single(struct session *session, uint32_t uid, const char *items, struct download *download,
	struct error *err)
{
	char set[16];

	snprintf(set, sizeof(set), "%" PRIu32, uid);
	return run(session, view_of(set), items, download, err);
}

bool
session_list_uids(
	struct session *session, uint32_t first, struct uidset *ret_uids, struct error *err)
{
	struct download download = {.uids = ret_uids, .first = first ? first : 1};
	char set[16];

	session_start_command(session, LIST_BYTES);
	snprintf(set, sizeof(set), "%" PRIu32 ":*", download.first);
	return run(session, view_of(set), "UID", &download, err);
}

bool
session_list_sizes(struct session *session, const struct uidset *uids,
	struct sync_message **ret_messages, size_t *ret_count, struct error *err)
{
	struct download download = {.first = 1};

	for (size_t from = 0; from < uids->count; from += RANGES_MAX) {
		size_t left = uids->count - from;
		/* A part of the set, borrowed. */
		struct uidset part = {.ranges = uids->ranges + from,
			.count = left < RANGES_MAX ? left : RANGES_MAX};

		session_start_command(session, LIST_BYTES);
		if (!run_set(session, &part, "UID RFC822.SIZE", &download, err)) {
			free(download.messages);
			return false;
		}
	}
	*ret_count = sync_tidy(download.messages, download.count);
	*ret_messages = download.messages;
	return true;
}

/* The sink's failure counts more than a NO, less than a connection that is gone. */
static bool
conclude(struct session *session, bool ok, const struct download *download, struct error *err)
{
	if (download->failure.reach == ERROR_NONE || (!ok && session_is_broken(session)))
		return ok;
	*err = download->failure;
	return false;
}

bool
session_fetch(struct session *session, const struct uidset *uids, uint64_t size_bytes,
	const struct session_sink *sink, struct error *err)
{
	struct download download = {.sink = sink, .body = str_new(COLLECT_MAX)};
	bool ok;

	session_start_command(session, size_bytes);
	ok = run_set(
		session, uids, "UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[]", &download, err);
	str_free(&download.body);
	return conclude(session, ok, &download, err);
}

bool
session_fetch_attributes(struct session *session, uint32_t uid, struct session_message *ret_message,
	bool *ret_found, struct error *err)
{
	struct download download = {.first = 1};
	bool ok;

	session_start_command(session, 0);
	ok = run_single(session, uid, "UID FLAGS INTERNALDATE RFC822.SIZE", &download, err);
	free(download.messages);
	if (!ok)
		return false;
	*ret_found = download.got_uid && download.last.uid == uid;
	if (*ret_found)
		*ret_message = download.last;
	return true;
}

bool
session_fetch_body(struct session *session, const struct session_message *message,
	const struct session_sink *sink, bool *ret_found, struct error *err)
{
	struct download download = {.sink = sink, .streams = true, .body = str_new(0)};
	bool ok;

	session_start_command(session, message->size_bytes);
	ok = run_single(session, message->uid, "UID BODY.PEEK[]", &download, err);
	if (!conclude(session, ok, &download, err))
		return false;
	/* NIL in place of a body looks like an empty one: then the announced size tells. */
	*ret_found = download.got_body && download.last.uid == message->uid &&
		     (download.streamed > 0 || message->size_bytes == 0);
	return true;
}
