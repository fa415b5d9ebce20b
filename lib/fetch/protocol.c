/*
 * Frames between the daemon and a fetcher that are no messages: states and results.
 */
#include "fetch/protocol.h"

#include <string.h>

#include "base/utf8.h"

/* A byte that is no text becomes three. */
enum { CLEAN_SIZE_MAX = 4 * ERROR_TEXT_SIZE };

void
fetcher_put_state(struct frame *frame, const struct mailbox_health *state)
{
	frame_put_u64(frame, state->phase);
	frame_put_u64(frame, state->idle);
	frame_put_i64(frame, state->connected_since);
	frame_put_i64(frame, state->compared_at);
	frame_put_i64(frame, state->next_try_at);
	frame_put_i64(frame, state->behind);
	frame_put_i64(frame, state->failures);
	frame_put_bytes(frame, view_of(state->error));
	frame_put_u64(frame, state->must_act);
}

/* The peer met strangers' bytes: its words are cleaned before they reach a log or a page. */
static void
copy_words(char *text, size_t size, struct view words)
{
	struct str clean = str_new(CLEAN_SIZE_MAX);
	struct view cut;

	(void)utf8_clean(&clean, view_slice(words, 0, ERROR_TEXT_SIZE));
	cut = str_view(&clean);
	cut = view_slice(cut, 0, utf8_floor(cut, size - 1));
	if (cut.size > 0)
		memcpy(text, cut.data, cut.size);
	text[cut.size] = '\0';
	str_free(&clean);
}

bool
fetcher_get_state(struct frame_reader *reader, struct mailbox_health *ret_state)
{
	struct mailbox_health state = {0};
	uint64_t phase = frame_get_u64(reader);
	struct view words;

	state.idle = frame_get_u64(reader) != 0;
	state.connected_since = frame_get_i64(reader);
	state.compared_at = frame_get_i64(reader);
	state.next_try_at = frame_get_i64(reader);
	state.behind = frame_get_i64(reader);
	state.failures = frame_get_i64(reader);
	words = frame_get_bytes(reader);
	state.must_act = frame_get_u64(reader) != 0;
	if (!frame_end(reader) || phase > MAILBOX_BACKOFF)
		return false;
	state.phase = (enum mailbox_phase)phase;
	copy_words(state.error, sizeof(state.error), words);
	*ret_state = state;
	return true;
}

void
fetcher_put_result(struct frame *frame, bool ok, const struct error *error)
{
	frame_put_u64(frame, ok ? ERROR_NONE : error->reach);
	frame_put_bytes(frame, ok ? VIEW("") : view_of(error->text));
}

bool
fetcher_get_result(struct frame_reader *reader, bool *ret_ok, struct error *ret_error)
{
	uint64_t reach = frame_get_u64(reader);
	struct view words = frame_get_bytes(reader);

	if (reader->failed || reach > ERROR_PROGRAM)
		return false;
	*ret_ok = reach == ERROR_NONE;
	*ret_error = (struct error){.reach = (enum error_reach)reach};
	copy_words(ret_error->text, sizeof(ret_error->text), words);
	return true;
}
