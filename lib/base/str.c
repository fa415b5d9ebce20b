/*
 * The two string types of the project: a view borrows bytes, a str owns them and has a maximum.
 */
#include "base/str.h"

#include <stdio.h>
#include <stdlib.h>

static char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool
is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

int
view_compare(struct view a, struct view b)
{
	size_t common = a.size < b.size ? a.size : b.size;
	int order = common ? memcmp(a.data, b.data, common) : 0;

	if (order != 0)
		return order;
	return (a.size > b.size) - (a.size < b.size);
}

bool
view_equal_nocase(struct view a, struct view b)
{
	return a.size == b.size && view_starts_with_nocase(a, b);
}

bool
view_starts_with(struct view text, struct view prefix)
{
	return text.size >= prefix.size && view_equal(view_slice(text, 0, prefix.size), prefix);
}

bool
view_starts_with_nocase(struct view text, struct view prefix)
{
	if (text.size < prefix.size)
		return false;
	for (size_t i = 0; i < prefix.size; i++)
		if (lower(text.data[i]) != lower(prefix.data[i]))
			return false;
	return true;
}

bool
view_ends_with(struct view text, struct view suffix)
{
	return text.size >= suffix.size &&
	       view_equal(view_slice(text, text.size - suffix.size, text.size), suffix);
}

struct view
view_slice(struct view text, size_t start, size_t end)
{
	if (end > text.size)
		end = text.size;
	if (start > end)
		start = end;
	if (!text.data)
		return text;
	return (struct view){text.data + start, end - start};
}

struct view
view_trim(struct view text)
{
	while (text.size && is_space(text.data[text.size - 1]))
		text.size--;
	while (text.size && is_space(text.data[0])) {
		text.data++;
		text.size--;
	}
	return text;
}

size_t
view_find(struct view text, struct view needle, size_t from)
{
	const char *found;

	if (from > text.size || needle.size > text.size - from)
		return SIZE_MAX;
	if (needle.size == 0)
		return from;
	found = memmem(text.data + from, text.size - from, needle.data, needle.size);
	return found ? (size_t)(found - text.data) : SIZE_MAX;
}

size_t
view_find_byte(struct view text, char byte, size_t from)
{
	const char *found;

	if (from >= text.size)
		return SIZE_MAX;
	found = memchr(text.data + from, byte, text.size - from);
	return found ? (size_t)(found - text.data) : SIZE_MAX;
}

bool
view_next_line(struct view *rest, struct view *ret_line)
{
	size_t end;

	if (rest->size == 0)
		return false;
	end = view_find_byte(*rest, '\n', 0);
	if (end == SIZE_MAX) {
		*ret_line = *rest;
		*rest = view_slice(*rest, rest->size, rest->size);
		return true;
	}
	*ret_line = view_slice(*rest, 0, end);
	if (ret_line->size && ret_line->data[ret_line->size - 1] == '\r')
		ret_line->size--;
	*rest = view_slice(*rest, end + 1, rest->size);
	return true;
}

bool
view_next_field(struct view *rest, char separator, struct view *ret_field)
{
	size_t end;

	if (!rest->data)
		return false;
	end = view_find_byte(*rest, separator, 0);
	if (end == SIZE_MAX) {
		*ret_field = *rest;
		*rest = (struct view){NULL, 0};
		return true;
	}
	*ret_field = view_slice(*rest, 0, end);
	*rest = view_slice(*rest, end + 1, rest->size);
	return true;
}

bool
view_to_u64(struct view text, uint64_t *ret_number)
{
	uint64_t number = 0;

	if (text.size == 0)
		return false;
	for (size_t i = 0; i < text.size; i++) {
		unsigned digit = (unsigned)(unsigned char)text.data[i] - '0';

		if (digit > 9 || __builtin_mul_overflow(number, (uint64_t)10, &number) ||
			__builtin_add_overflow(number, (uint64_t)digit, &number))
			return false;
	}
	*ret_number = number;
	return true;
}

bool
view_to_i64(struct view text, int64_t *ret_number)
{
	bool negative = text.size > 0 && text.data[0] == '-';
	uint64_t number;

	if (!view_to_u64(view_slice(text, negative ? 1 : 0, text.size), &number) ||
		number > (uint64_t)INT64_MAX + negative)
		return false;
	/* One less and one more: the smallest number has no positive twin. */
	*ret_number = negative && number ? -(int64_t)(number - 1) - 1 : (int64_t)number;
	return true;
}

struct str
str_new(size_t maximum)
{
	return (struct str){.maximum = maximum};
}

void
str_free(struct str *str)
{
	free(str->data);
	*str = (struct str){.maximum = str->maximum};
}

/* Makes room for `more` bytes and the terminator; false if that is not to be had. */
static bool
reserve(struct str *str, size_t more)
{
	size_t needed, capacity;
	char *data;

	if (str->overflowed || more > str->maximum - str->size) {
		str->overflowed = true;
		return false;
	}
	needed = str->size + more + 1;
	if (needed <= str->capacity)
		return true;
	capacity = str->capacity ? str->capacity : 64;
	while (capacity < needed)
		capacity += capacity / 2;
	data = realloc(str->data, capacity);
	if (!data) {
		str->overflowed = true;
		return false;
	}
	str->data = data;
	str->capacity = capacity;
	return true;
}

void
str_append(struct str *str, struct view bytes)
{
	if (!reserve(str, bytes.size))
		return;
	if (bytes.size)
		memcpy(str->data + str->size, bytes.data, bytes.size);
	str->size += bytes.size;
	str->data[str->size] = '\0';
}

void
str_append_byte(struct str *str, char byte)
{
	str_append(str, view_make(&byte, 1));
}

void
str_append_format(struct str *str, const char *format, ...)
{
	va_list arguments;
	int length;

	va_start(arguments, format);
	length = vsnprintf(NULL, 0, format, arguments);
	va_end(arguments);
	if (length < 0 || !reserve(str, (size_t)length)) {
		str->overflowed = true;
		return;
	}
	va_start(arguments, format);
	(void)vsnprintf(str->data + str->size, (size_t)length + 1, format, arguments);
	va_end(arguments);
	str->size += (size_t)length;
}

char *
str_extend(struct str *str, size_t size)
{
	char *room;

	if (!reserve(str, size))
		return NULL;
	room = str->data + str->size;
	str->size += size;
	str->data[str->size] = '\0';
	return room;
}

void
str_clear(struct str *str)
{
	str_truncate(str, 0);
	str->overflowed = false;
}

void
str_truncate(struct str *str, size_t size)
{
	if (size >= str->size)
		return;
	str->size = size;
	str->data[size] = '\0';
}

struct view
str_view(const struct str *str)
{
	return (struct view){str->data, str->size};
}

const char *
str_text(const struct str *str)
{
	return str->data ? str->data : "";
}
