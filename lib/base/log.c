/*
 * One event, one line on stderr, which the journal or a file takes.
 */
#include "base/log.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"

/* The one exception to "no file-scope state": what every thread logs by. Set before threads. */
static enum log_level level_max = LOG_LEVEL_INFO;

void
log_set_level(enum log_level level)
{
	level_max = level;
}

static size_t
put_prefix(char *line, size_t size, enum log_level level)
{
	static const char *const NAMES[] = {"error", "warning", "notice", "info", "debug"};
	static const int SYSLOG[] = {3, 4, 5, 6, 7};
	char now[CLOCK_TEXT_SIZE];
	int length;

	if (getenv("JOURNAL_STREAM")) {
		length = snprintf(line, size, "<%d>", SYSLOG[level]);
	} else {
		clock_format_utc(clock_now(), now);
		length = snprintf(line, size, "%s %s ", now, NAMES[level]);
	}
	return length < 0 ? 0 : (size_t)length;
}

/* What would end the line or move the cursor is written as \xHH. */
static size_t
put_escaped(char *line, size_t used, size_t size, const char *text)
{
	for (; *text && used + 5 < size; text++) {
		unsigned char c = (unsigned char)*text;

		if (c >= 0x20 && c != 0x7F)
			line[used++] = (char)c;
		else
			used += (size_t)snprintf(line + used, size - used, "\\x%02x", c);
	}
	return used;
}

void
log_line(enum log_level level, const char *format, ...)
{
	char text[1536], line[2048];
	va_list arguments;
	size_t used;

	if (level > level_max)
		return;
	va_start(arguments, format);
	if (vsnprintf(text, sizeof(text), format, arguments) < 0)
		text[0] = '\0';
	va_end(arguments);
	used = put_prefix(line, sizeof(line), level);
	used = put_escaped(line, used, sizeof(line) - 1, text);
	line[used++] = '\n';
	/* One write a line, so that lines of several threads do not mix. A log that cannot be
	 * written is no reason to stop. */
	if (write(STDERR_FILENO, line, used) < 0)
		return;
}
