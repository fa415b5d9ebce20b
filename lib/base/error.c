/*
 * Errors as values. A function that fails names the cause; each caller that knows more puts its
 * context in front; the loop at the top handles the error or logs it, once.
 */
#include "base/error.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Cuts in front of a character that did not fit, so that the sentence stays valid UTF-8. */
static void
mark_cut(char *text, size_t size)
{
	static const char ELLIPSIS[] = "…";
	size_t end = size - sizeof(ELLIPSIS);

	while (end > 0 && ((unsigned char)text[end] & 0xC0) == 0x80)
		end--;
	memcpy(text + end, ELLIPSIS, sizeof(ELLIPSIS));
}

static void
fill(char *text, size_t size, const char *format, va_list arguments)
{
	int length = vsnprintf(text, size, format, arguments);

	if (length < 0)
		text[0] = '\0';
	else if ((size_t)length >= size)
		mark_cut(text, size);
}

static void
append(char *text, size_t size, const char *more)
{
	size_t used = strlen(text);
	int length = snprintf(text + used, size - used, ": %s", more);

	if (length < 0 || (size_t)length >= size - used)
		mark_cut(text, size);
}

bool
error_set(struct error *err, enum error_reach reach, const char *format, ...)
{
	va_list arguments;

	if (!err)
		return false;
	err->reach = reach;
	va_start(arguments, format);
	fill(err->text, sizeof(err->text), format, arguments);
	va_end(arguments);
	return false;
}

bool
error_set_errno(struct error *err, enum error_reach reach, const char *format, ...)
{
	int kept = errno;
	char buffer[128];
	va_list arguments;

	if (!err)
		return false;
	err->reach = reach;
	va_start(arguments, format);
	fill(err->text, sizeof(err->text), format, arguments);
	va_end(arguments);
	append(err->text, sizeof(err->text), strerror_r(kept, buffer, sizeof(buffer)));
	errno = kept;
	return false;
}

bool
error_context(struct error *err, const char *format, ...)
{
	char cause[ERROR_TEXT_SIZE];
	va_list arguments;

	if (!err)
		return false;
	memcpy(cause, err->text, sizeof(cause));
	va_start(arguments, format);
	fill(err->text, sizeof(err->text), format, arguments);
	va_end(arguments);
	append(err->text, sizeof(err->text), cause);
	return false;
}
