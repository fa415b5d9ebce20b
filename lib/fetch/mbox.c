/*
 * An mbox as a stream of messages.
 */
#include "fetch/mbox.h"

#include <string.h>

enum state { STATE_HEAD, STATE_PASS, STATE_DROP };

struct mbox
mbox_new(const struct mbox_sink *sink)
{
	return (struct mbox){.sink = sink, .after_blank = true};
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* "09:12" somewhere in the line, as in "From - Mon Mar  2 09:12:00 2020". */
static bool
has_time(struct view line)
{
	for (size_t i = 2; i + 2 < line.size; i++)
		if (line.data[i] == ':' && is_digit(line.data[i - 1]) &&
			is_digit(line.data[i + 1]) && is_digit(line.data[i + 2]))
			return true;
	return false;
}

static bool
is_separator(const struct mbox *mbox, struct view line)
{
	if (!mbox->after_blank || !view_starts_with(line, VIEW("From ")))
		return false;
	return !mbox->wants_time || has_time(line);
}

static bool
is_quoted(struct view line)
{
	size_t marks = 0;

	while (marks < line.size && line.data[marks] == '>')
		marks++;
	return marks > 0 && view_starts_with(view_slice(line, marks, line.size), VIEW("From "));
}

static bool
give(struct mbox *mbox, struct view bytes, struct error *err)
{
	return bytes.size == 0 || mbox->sink->bytes(mbox->sink->context, bytes, err);
}

/* The held empty line is the message's after all. */
static bool
give_blank(struct mbox *mbox, struct error *err)
{
	size_t size = mbox->blank_size;

	mbox->blank_size = 0;
	return give(mbox, view_make(mbox->blank, size), err);
}

static bool
begin_message(struct mbox *mbox, struct view line, struct error *err)
{
	if (mbox->ordinal > 0 && !mbox->sink->end(mbox->sink->context, err))
		return false;
	if (mbox->ordinal == 0)
		mbox->wants_time = has_time(line);
	mbox->blank_size = 0;
	mbox->ordinal++;
	return mbox->sink->begin(mbox->sink->context, mbox->ordinal, err);
}

/* Decides on a line by its beginning: all of it, or its first MBOX_HEAD_MAX bytes. */
static bool
judge_line(struct mbox *mbox, bool is_whole, struct error *err)
{
	struct view line = view_make(mbox->head, mbox->head_size);
	bool is_blank = view_equal(line, VIEW("\n")) || view_equal(line, VIEW("\r\n"));

	mbox->head_size = 0;
	mbox->state = is_whole ? STATE_HEAD : STATE_PASS;
	if (is_separator(mbox, line)) {
		mbox->after_blank = false;
		mbox->state = is_whole ? STATE_HEAD : STATE_DROP;
		return begin_message(mbox, line, err);
	}
	if (mbox->ordinal == 0)
		return is_blank || error_set(err, ERROR_MESSAGE,
					   "is no mbox: it does not begin with a \"From \" line");
	mbox->after_blank = is_blank;
	if (!give_blank(mbox, err))
		return false;
	if (is_blank) {
		memcpy(mbox->blank, line.data, line.size);
		mbox->blank_size = line.size;
		return true;
	}
	return give(mbox, is_quoted(line) ? view_slice(line, 1, line.size) : line, err);
}

/* Moves the next bytes of a line's beginning over; returns how many were taken. */
static size_t
fill_head(struct mbox *mbox, struct view bytes, bool *ret_whole)
{
	size_t room = sizeof(mbox->head) - mbox->head_size;
	struct view part = view_slice(bytes, 0, room);
	size_t end = view_find_byte(part, '\n', 0);

	*ret_whole = end != SIZE_MAX;
	if (*ret_whole)
		part.size = end + 1;
	memcpy(mbox->head + mbox->head_size, part.data, part.size);
	mbox->head_size += part.size;
	return part.size;
}

/* The rest of a long line goes through, or away. */
static bool
pass_rest(struct mbox *mbox, struct view *bytes, struct error *err)
{
	size_t end = view_find_byte(*bytes, '\n', 0);
	struct view part = view_slice(*bytes, 0, end == SIZE_MAX ? bytes->size : end + 1);
	bool drops = mbox->state == STATE_DROP;

	*bytes = view_slice(*bytes, part.size, bytes->size);
	if (end != SIZE_MAX)
		mbox->state = STATE_HEAD;
	return drops || give(mbox, part, err);
}

bool
mbox_feed(struct mbox *mbox, struct view bytes, struct error *err)
{
	while (bytes.size > 0) {
		bool is_whole;

		if (mbox->state != STATE_HEAD) {
			if (!pass_rest(mbox, &bytes, err))
				return false;
			continue;
		}
		bytes = view_slice(bytes, fill_head(mbox, bytes, &is_whole), bytes.size);
		if ((is_whole || mbox->head_size == sizeof(mbox->head)) &&
			!judge_line(mbox, is_whole, err))
			return false;
	}
	return true;
}

bool
mbox_end(struct mbox *mbox, struct error *err)
{
	if (mbox->head_size > 0 && !judge_line(mbox, false, err))
		return false;
	if (mbox->ordinal == 0)
		return error_set(err, ERROR_MESSAGE, "is an mbox without a message");
	return mbox->sink->end(mbox->sink->context, err);
}
