/*
 * The gate every text passes on its way to SQLite, JSON and HTML (RFC 3629).
 */
#include "base/utf8.h"

enum { REPLACEMENT = 0xFFFD };

/*
 * Length of the valid character at the front of text, 0 if there is none. The table is that of
 * RFC 3629 section 4: it leaves out overlong forms, surrogates and what lies above U+10FFFF.
 */
static size_t
valid_length(const unsigned char *p, size_t left)
{
	unsigned char low = 0x80, high = 0xBF;
	size_t length;

	if (p[0] < 0x80)
		return 1;
	if (p[0] < 0xC2 || p[0] > 0xF4)
		return 0;
	length = p[0] < 0xE0 ? 2 : p[0] < 0xF0 ? 3 : 4;
	if (length > left)
		return 0;
	if (p[0] == 0xE0)
		low = 0xA0;
	else if (p[0] == 0xED)
		high = 0x9F;
	else if (p[0] == 0xF0)
		low = 0x90;
	else if (p[0] == 0xF4)
		high = 0x8F;
	if (p[1] < low || p[1] > high)
		return 0;
	for (size_t i = 2; i < length; i++)
		if ((p[i] & 0xC0) != 0x80)
			return 0;
	return length;
}

static uint32_t
decode(const unsigned char *p, size_t length)
{
	static const unsigned char FIRST_BITS[] = {0, 0x7F, 0x1F, 0x0F, 0x07};
	uint32_t code_point = p[0] & FIRST_BITS[length];

	for (size_t i = 1; i < length; i++)
		code_point = code_point << 6 | (p[i] & 0x3F);
	return code_point;
}

/* Marks that reorder or hide what a reader sees (Unicode UAX 9 overrides and isolates, BOM). */
static bool
is_deceptive(uint32_t code_point)
{
	return (code_point >= 0x202A && code_point <= 0x202E) ||
	       (code_point >= 0x2066 && code_point <= 0x2069) || code_point == 0xFEFF;
}

static bool
is_control(uint32_t code_point)
{
	return code_point < 0x20 || (code_point >= 0x7F && code_point < 0xA0);
}

static bool
is_plain_ascii(unsigned char byte)
{
	return byte >= 0x20 && byte < 0x7F;
}

/* Appends the run of ordinary ASCII at *i: nearly all there is, so it goes in one piece. */
static void
copy_plain(struct str *out, struct view bytes, size_t *i)
{
	size_t start = *i;

	while (*i < bytes.size && is_plain_ascii((unsigned char)bytes.data[*i]))
		(*i)++;
	if (*i > start)
		str_append(out, view_slice(bytes, start, *i));
}

size_t
utf8_clean(struct str *out, struct view bytes)
{
	const unsigned char *p = (const unsigned char *)bytes.data;
	size_t damaged = 0;

	for (size_t i = 0; i < bytes.size;) {
		size_t length;
		uint32_t code_point;

		copy_plain(out, bytes, &i);
		if (i == bytes.size)
			break;
		length = valid_length(p + i, bytes.size - i);
		code_point = length ? decode(p + i, length) : REPLACEMENT;
		if (length == 0 || code_point == 0) {
			damaged++;
			utf8_append(out, REPLACEMENT);
			i++;
		} else if (code_point == '\r') {
			str_append_byte(out, '\n');
			i += i + 1 < bytes.size && p[i + 1] == '\n' ? 2 : 1;
		} else {
			if (code_point == '\t' || code_point == '\n' ||
				(!is_control(code_point) && !is_deceptive(code_point)))
				str_append(out, view_slice(bytes, i, i + length));
			i += length;
		}
	}
	return damaged;
}

bool
utf8_is_valid(struct view text)
{
	const unsigned char *p = (const unsigned char *)text.data;

	for (size_t i = 0; i < text.size;) {
		size_t length = valid_length(p + i, text.size - i);

		if (length == 0)
			return false;
		i += length;
	}
	return true;
}

uint32_t
utf8_next(struct view text, size_t *offset)
{
	const unsigned char *p = (const unsigned char *)text.data + *offset;
	size_t length = valid_length(p, text.size - *offset);

	if (length == 0) {
		(*offset)++;
		return REPLACEMENT;
	}
	*offset += length;
	return decode(p, length);
}

void
utf8_append(struct str *out, uint32_t c)
{
	static const unsigned char FIRST[] = {0, 0, 0xC0, 0xE0, 0xF0};
	char bytes[4];
	size_t size;

	if (c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF))
		c = REPLACEMENT;
	size = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
	for (size_t i = size - 1; i > 0; i--) {
		bytes[i] = (char)(0x80 | (c & 0x3F));
		c >>= 6;
	}
	bytes[0] = (char)(FIRST[size] | c);
	str_append(out, view_make(bytes, size));
}

size_t
utf8_floor(struct view text, size_t offset)
{
	if (offset >= text.size)
		return text.size;
	while (offset > 0 && ((unsigned char)text.data[offset] & 0xC0) == 0x80)
		offset--;
	return offset;
}
