/*
 * Waiting for news. IDLE (RFC 2177) is written on the stream by ourselves, because libetpan's loses
 * the connection when an untagged line comes before "+", and its callers sleep on bytes that it has
 * read already.
 */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "fetch/imap.h"

enum { ANSWER_MS = 60 * 1000 };

enum line {
	LINE_CONTINUE, /* "+ idling" */
	LINE_CHANGED,  /* EXISTS, EXPUNGE, FETCH … */
	LINE_NOISE,    /* "* OK Still here" */
	LINE_DONE,     /* tagged OK */
	LINE_REFUSED,  /* tagged NO or BAD */
	LINE_ENDED,    /* BYE */
	LINE_BROKEN,
};

static enum line
read_line(struct session *session, MMAPString *line, const char *tag)
{
	size_t tag_size = strlen(tag);

	if (!mailstream_read_line_remove_eol(session->imap->imap_stream, line) || line->len == 0)
		return LINE_BROKEN;
	if (line->str[0] == '+')
		return LINE_CONTINUE;
	if (strncmp(line->str, tag, tag_size) == 0 && line->str[tag_size] == ' ')
		return strncasecmp(line->str + tag_size + 1, "OK", 2) == 0 ? LINE_DONE
									   : LINE_REFUSED;
	if (strncmp(line->str, "* ", 2) != 0)
		return LINE_BROKEN;
	if (strncasecmp(line->str + 2, "BYE", 3) == 0)
		return LINE_ENDED;
	if (strncasecmp(line->str + 2, "OK", 2) == 0 || strncasecmp(line->str + 2, "NO", 2) == 0)
		return LINE_NOISE;
	return LINE_CHANGED;
}

static bool
broke(struct session *session, enum line line, struct error *err)
{
	session->broken = true;
	if (session->transport.failed)
		*err = session->transport.failure;
	else if (line == LINE_ENDED)
		error_set(err, ERROR_CONNECTION, "the server ended the session");
	else
		error_set(err, ERROR_CONNECTION, "the server's answer to IDLE makes no sense");
	if (err->reach == ERROR_MESSAGE)
		err->reach = ERROR_CONNECTION;
	return false;
}

static bool
send_words(struct session *session, const char *words, struct error *err)
{
	mailstream *stream = session->imap->imap_stream;

	transport_set_deadline(&session->transport, ANSWER_MS);
	if (mailstream_write(stream, words, strlen(words)) < 0 || mailstream_flush(stream) < 0)
		return broke(session, LINE_BROKEN, err);
	return true;
}

/* Reads lines until one of `wanted` or a tagged answer; *changed remembers news on the way. */
static enum line
read_until(struct session *session, const char *tag, enum line wanted, bool *changed)
{
	MMAPString *buffer = mmap_string_new("");
	enum line line;

	if (!buffer)
		return LINE_BROKEN;
	do {
		line = read_line(session, buffer, tag);
		*changed |= line == LINE_CHANGED;
	} while (line != wanted && (line == LINE_CHANGED || line == LINE_NOISE));
	mmap_string_free(buffer);
	return line;
}

/* Waits for the first byte of news. */
static bool
await_news(
	struct session *session, int timeout_ms, enum session_event *ret_event, struct error *err)
{
	int64_t until = clock_monotonic_ms() + timeout_ms;

	*ret_event = SESSION_QUIET;
	for (;;) {
		if (session->wake && session->wake->sync_now) {
			*ret_event = SESSION_WOKEN;
			return true;
		}
		if (session->imap->imap_stream->read_buffer_len > 0)
			return true;
		switch (transport_await(&session->transport, clock_left_ms(until))) {
		case TRANSPORT_FAILED:
			return broke(session, LINE_BROKEN, err);
		case TRANSPORT_DATA:
		case TRANSPORT_QUIET:
			return true;
		case TRANSPORT_WOKEN:
			break;
		}
	}
}

static bool
wait_idle(struct session *session, int timeout_ms, enum session_event *ret_event, struct error *err)
{
	char tag[16], command[32];
	bool changed = false;
	enum line line;

	snprintf(tag, sizeof(tag), "%d", ++session->imap->imap_tag);
	snprintf(command, sizeof(command), "%s IDLE\r\n", tag);
	if (!send_words(session, command, err))
		return false;
	line = read_until(session, tag, LINE_CONTINUE, &changed);
	if (line == LINE_REFUSED) {
		session->has_idle = false; /* polled from now on */
		*ret_event = SESSION_QUIET;
		return true;
	}
	if (line != LINE_CONTINUE)
		return broke(session, line, err);
	*ret_event = SESSION_QUIET;
	if (!changed && !await_news(session, timeout_ms, ret_event, err))
		return false;
	if (!send_words(session, "DONE\r\n", err))
		return false;
	line = read_until(session, tag, LINE_DONE, &changed);
	if (line != LINE_DONE)
		return broke(session, line, err);
	if (changed)
		*ret_event = SESSION_CHANGED;
	return true;
}

static bool
wait_polling(
	struct session *session, int timeout_ms, enum session_event *ret_event, struct error *err)
{
	int result;

	if (!await_news(session, timeout_ms, ret_event, err))
		return false;
	if (*ret_event == SESSION_WOKEN)
		return true;
	session_start_command(session, 0);
	result = mailimap_noop(session->imap);
	if (session_judge(session, result, "NOOP", ERROR_CONNECTION, err))
		return true;
	err->reach = ERROR_CONNECTION;
	return false;
}

bool
session_wait(struct session *session, bool idle, int timeout_ms, enum session_event *ret_event,
	struct error *err)
{
	if (timeout_ms > SESSION_PROOF_MS)
		timeout_ms = SESSION_PROOF_MS;
	if (idle && session->has_idle)
		return wait_idle(session, timeout_ms, ret_event, err);
	return wait_polling(session, timeout_ms, ret_event, err);
}
