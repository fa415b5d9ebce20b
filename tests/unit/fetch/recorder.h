#ifndef FETCH_RECORDER_H
#define FETCH_RECORDER_H

/*
 * An intake that writes down what it is given, for tests: one line an event in `log`. What was not
 * committed is in `open`. Failures can be ordered.
 */
#include "base/str.h"
#include "fetch/intake.h"

struct recorder {
	struct str log;  /* committed */
	struct str open; /* of the batch */
	struct str body;
	struct uidset known;
	unsigned commits;
	enum error_reach fail_append, fail_commit; /* the next one */
};

static inline void
recorder_place(struct str *out, const char *word, const struct place *place)
{
	str_append_format(out, "%s [%.*s] %.*s v%u u%u t%lld%s", word, (int)place->mailbox.size,
		place->mailbox.data ? place->mailbox.data : "", (int)place->folder.size,
		place->folder.data, (unsigned)place->uidvalidity, (unsigned)place->uid,
		(long long)place->received_at, place->answered ? " answered" : "");
}

static inline bool
recorder_known(void *context, struct view mailbox, struct view folder, uint32_t uidvalidity,
	struct uidset *ret_known, struct error *err)
{
	struct recorder *recorder = context;

	(void)mailbox;
	(void)folder;
	(void)uidvalidity;
	(void)err;
	for (size_t i = 0; i < recorder->known.count; i++)
		uidset_add(
			ret_known, recorder->known.ranges[i].first, recorder->known.ranges[i].last);
	return true;
}

static inline bool
recorder_begin(void *context, const struct place *place, uint64_t size_bytes, struct error *err)
{
	struct recorder *recorder = context;

	(void)size_bytes;
	(void)err;
	str_clear(&recorder->body);
	recorder_place(&recorder->body, "message", place);
	str_append(&recorder->body, VIEW(": "));
	return true;
}

static inline bool
recorder_append(void *context, struct view bytes, struct error *err)
{
	struct recorder *recorder = context;
	enum error_reach failure = recorder->fail_append;

	recorder->fail_append = ERROR_NONE;
	if (failure != ERROR_NONE)
		return error_set(err, failure, "as ordered");
	str_append(&recorder->body, bytes);
	return true;
}

static inline bool
recorder_finish(void *context, struct error *err)
{
	struct recorder *recorder = context;

	(void)err;
	str_append(&recorder->open, str_view(&recorder->body));
	str_append(&recorder->open, VIEW("\n"));
	return true;
}

static inline bool
recorder_cancel(void *context, struct error *err)
{
	struct recorder *recorder = context;

	(void)err;
	str_clear(&recorder->body);
	return true;
}

static inline bool
recorder_refuse(void *context, const struct place *place, struct view reason, struct error *err)
{
	struct recorder *recorder = context;

	(void)err;
	recorder_place(&recorder->open, "refused", place);
	str_append_format(&recorder->open, ": %.*s\n", (int)reason.size, reason.data);
	return true;
}

static inline bool
recorder_commit(void *context, struct error *err)
{
	struct recorder *recorder = context;
	enum error_reach failure = recorder->fail_commit;

	recorder->fail_commit = ERROR_NONE;
	if (failure == ERROR_NONE)
		str_append(&recorder->log, str_view(&recorder->open));
	str_clear(&recorder->open);
	recorder->commits++;
	return failure == ERROR_NONE || error_set(err, failure, "as ordered");
}

static inline bool
recorder_compared(void *context, const struct comparison *comparison, struct error *err)
{
	struct recorder *recorder = context;

	(void)err;
	str_append_format(&recorder->log, "compared [%.*s] %.*s v%u server %llu pending %llu gone ",
		(int)comparison->mailbox.size, comparison->mailbox.data,
		(int)comparison->folder.size, comparison->folder.data,
		(unsigned)comparison->uidvalidity, (unsigned long long)comparison->on_server,
		(unsigned long long)comparison->pending);
	if (comparison->gone)
		uidset_format(comparison->gone, &recorder->log);
	str_append(&recorder->log, VIEW("\n"));
	return true;
}

static inline struct recorder
recorder_new(void)
{
	return (struct recorder){
		.log = str_new(1 << 26), .open = str_new(1 << 26), .body = str_new(1 << 26)};
}

static inline struct intake
recorder_intake(struct recorder *recorder)
{
	return (struct intake){recorder, recorder_known, recorder_begin, recorder_append,
		recorder_finish, recorder_cancel, recorder_refuse, recorder_commit,
		recorder_compared};
}

static inline void
recorder_free(struct recorder *recorder)
{
	str_free(&recorder->log);
	str_free(&recorder->open);
	str_free(&recorder->body);
	uidset_free(&recorder->known);
}

#endif
