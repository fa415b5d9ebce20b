/*
 * Charsets: between the decoded bytes of a part or an encoded word, and text. ICU does the
 * conversion; what is decided here is which charset the bytes are in.
 */
#include "read/charset.h"

#include <limits.h>
#include <string.h>
#include <unicode/uclean.h>
#include <unicode/ucnv.h>
#include <unicode/ucsdet.h>
#include <unicode/udata.h>

#include "base/utf8.h"

enum {
	LABEL_SIZE_MAX = 60,        /* the longest name IANA has is 45 */
	STEP = 16 * 1024,           /* UTF-16 units converted at a time */
	DETECT_SIZE_MAX = 64 * 1024 /* enough to tell one charset from another */
};

/* Labels that mail uses and ICU reads otherwise or not at all. */
struct alias {
	const char *label;
	const char *charset;
};

static const struct alias ALIASES[] = {
	{"iso-8859-1", "windows-1252"}, /* C1 controls are never meant (WHATWG Encoding) */
	{"iso8859-1", "windows-1252"},
	{"iso_8859-1", "windows-1252"},
	{"latin1", "windows-1252"},
	{"l1", "windows-1252"},
	{"us-ascii", "windows-1252"},
	{"ascii", "windows-1252"},
	{"ansi_x3.4-1968", "windows-1252"},
	{"8bit", "windows-1252"},
	{"default", "windows-1252"},
	{"x-user-defined", "windows-1252"},
	{"cp-850", "cp850"},
	{"iso-8859-8-i", "iso-8859-8"},
	{"iso-8859-9", "windows-1254"},
	{"iso-8859-11", "windows-874"},
	{"tis-620", "windows-874"},
	{"x-sjis", "windows-932"},
	{"shift_jis", "windows-932"},
	{"shift-jis", "windows-932"},
	{"gb2312", "gb18030"},
	{"gbk", "gb18030"},
	{"x-gbk", "gb18030"},
	{"cn-gb", "gb18030"},
	{"ks_c_5601-1987", "windows-949"},
	{"ks_c_5601", "windows-949"},
	{"euc-kr", "windows-949"},
	{"big5", "big5-hkscs"},
	{"x-unknown", ""},
	{"unknown", ""},
	{"unknown-8bit", ""},
	{"x-binaryenc", ""},
	{"none", ""},
};

bool
charset_prepare(struct error *err)
{
	UErrorCode status = U_ZERO_ERROR;

	udata_setFileAccess(UDATA_NO_FILES, &status);
	if (U_SUCCESS(status))
		u_init(&status);
	if (U_FAILURE(status))
		return error_set(err, ERROR_PROGRAM, "ICU has no data: %s", u_errorName(status));
	return true;
}

/* The label as ICU wants it; empty if there is none to speak of. */
static void
canonical(struct view label, char ret_name[LABEL_SIZE_MAX + 1])
{
	size_t size = 0;

	label = view_trim(label);
	for (size_t i = 0; i < label.size && size < LABEL_SIZE_MAX; i++) {
		unsigned char byte = (unsigned char)label.data[i];

		if (byte == '\'' || byte == '"' || byte == ';')
			continue;
		if (byte <= ' ' || byte >= 0x7F)
			break;
		ret_name[size++] = (char)(byte >= 'A' && byte <= 'Z' ? byte + 32 : byte);
	}
	ret_name[size] = '\0';
	for (size_t i = 0; i < sizeof(ALIASES) / sizeof(ALIASES[0]); i++)
		if (strcmp(ALIASES[i].label, ret_name) == 0)
			(void)strncpy(ret_name, ALIASES[i].charset, LABEL_SIZE_MAX);
}

static bool
is_half(UChar unit, UChar first)
{
	return (unit & 0xFC00) == first;
}

static void
append_utf16(struct str *out, const UChar *units, int32_t count)
{
	for (int32_t i = 0; i < count; i++) {
		uint32_t unit = units[i];

		if (is_half(units[i], 0xD800) && i + 1 < count && is_half(units[i + 1], 0xDC00)) {
			unit = 0x10000 + ((unit & 0x3FF) << 10) + (units[i + 1] & 0x3FFU);
			i++;
		} else if ((unit & 0xF800) == 0xD800) {
			unit = 0xFFFD;
		}
		utf8_append(out, unit);
	}
}

static bool
convert(struct str *out, struct view bytes, UConverter *converter)
{
	UChar buffer[STEP];
	const char *source = bytes.data;
	const char *end = bytes.data + bytes.size;
	UErrorCode status;
	size_t kept = 0; /* half of a pair that waits for its other half */

	do {
		UChar *target = buffer + kept;
		int32_t count;

		status = U_ZERO_ERROR;
		ucnv_toUnicode(
			converter, &target, buffer + STEP, &source, end, NULL, true, &status);
		if (U_FAILURE(status) && status != U_BUFFER_OVERFLOW_ERROR)
			return false;
		count = (int32_t)(target - buffer);
		kept = status == U_BUFFER_OVERFLOW_ERROR && count > 0 &&
				       is_half(buffer[count - 1], 0xD800)
			       ? 1
			       : 0;
		append_utf16(out, buffer, count - (int32_t)kept);
		if (kept)
			buffer[0] = buffer[count - 1];
	} while (status == U_BUFFER_OVERFLOW_ERROR && !out->overflowed);
	return true;
}

static bool
is_ascii(struct view bytes)
{
	for (size_t i = 0; i < bytes.size; i++)
		if ((unsigned char)bytes.data[i] >= 0x80 || bytes.data[i] == '\x1b')
			return false;
	return true;
}

/* Charsets in which every byte from 0x80 on is a character: there, UTF-8 shows. */
static bool
is_single_byte(const UConverter *converter)
{
	return ucnv_getMaxCharSize(converter) == 1;
}

bool
charset_convert(struct str *out, struct view bytes, struct view label)
{
	char name[LABEL_SIZE_MAX + 1];
	UErrorCode status = U_ZERO_ERROR;
	UConverter *converter;
	bool done;

	canonical(label, name);
	if (!*name)
		return false;
	if (strcmp(name, "utf-8") == 0 || strcmp(name, "utf8") == 0) {
		str_append(out, bytes);
		return true;
	}
	converter = ucnv_open(name, &status);
	if (U_FAILURE(status))
		return false;
	done = convert(out, bytes, converter);
	ucnv_close(converter);
	return done;
}

/* The most likely charset of bytes that nobody labelled; windows-1252 where nothing shows. */
static void
detect(struct view bytes, char ret_name[LABEL_SIZE_MAX + 1])
{
	UErrorCode status = U_ZERO_ERROR;
	UCharsetDetector *detector = ucsdet_open(&status);
	const UCharsetMatch *match = NULL;
	const char *name = NULL;

	if (U_SUCCESS(status)) {
		int32_t size =
			(int32_t)(bytes.size < DETECT_SIZE_MAX ? bytes.size : DETECT_SIZE_MAX);

		ucsdet_setText(detector, bytes.data, size, &status);
		match = ucsdet_detect(detector, &status);
		if (U_SUCCESS(status) && match && ucsdet_getConfidence(match, &status) >= 25)
			name = ucsdet_getName(match, &status);
	}
	canonical(view_of(U_SUCCESS(status) && name ? name : "windows-1252"), ret_name);
	if (detector)
		ucsdet_close(detector);
}

static void
decode_guessed(struct str *out, struct view bytes, size_t *ret_damaged)
{
	char name[LABEL_SIZE_MAX + 1];
	struct str converted = str_new(out->maximum);

	detect(bytes, name);
	if (charset_convert(&converted, bytes, view_of(name)))
		*ret_damaged += utf8_clean(out, str_view(&converted));
	else
		*ret_damaged += utf8_clean(out, bytes);
	str_free(&converted);
}

/* How much of text that is not quite valid UTF-8 is: false if it hardly can be meant as such. */
static bool
is_mostly_utf8(struct view bytes)
{
	size_t characters = 0, invalid = 0;

	for (size_t i = 0; i < bytes.size;) {
		size_t before = i;
		uint32_t code_point = utf8_next(bytes, &i);

		if (code_point == 0xFFFD && i == before + 1)
			invalid++;
		else if (i > before + 1)
			characters++;
	}
	return characters > invalid;
}

static size_t
count_replacements(struct view text)
{
	size_t count = 0;

	for (size_t at = view_find(text, VIEW("\xEF\xBF\xBD"), 0); at != SIZE_MAX;
		at = view_find(text, VIEW("\xEF\xBF\xBD"), at + 3))
		count++;
	return count;
}

static enum charset_outcome
decode_labelled(struct str *out, struct view bytes, UConverter *converter, size_t *ret_damaged)
{
	struct str converted = str_new(out->maximum);

	if (is_single_byte(converter) && utf8_is_valid(bytes)) {
		*ret_damaged += utf8_clean(out, bytes);
		return CHARSET_MISLABELLED;
	}
	if (convert(&converted, bytes, converter)) {
		*ret_damaged += count_replacements(str_view(&converted));
		*ret_damaged += utf8_clean(out, str_view(&converted));
	} else {
		*ret_damaged += utf8_clean(out, bytes);
	}
	str_free(&converted);
	return CHARSET_AS_LABELLED;
}

enum charset_outcome
charset_decode(struct str *out, struct view bytes, struct view label, size_t *ret_damaged)
{
	char name[LABEL_SIZE_MAX + 1];
	UErrorCode status = U_ZERO_ERROR;
	enum charset_outcome outcome;
	UConverter *converter;
	bool is_utf8;

	canonical(label, name);
	is_utf8 = strcmp(name, "utf-8") == 0 || strcmp(name, "utf8") == 0;
	if (bytes.size == 0 || bytes.size > INT32_MAX ||
		(is_ascii(bytes) && strncmp(name, "utf", 3) != 0 &&
			strcmp(name, "hz-gb-2312") != 0) ||
		((is_utf8 || !*name) && utf8_is_valid(bytes) &&
			!memchr(bytes.data, 0x1b, bytes.size))) {
		*ret_damaged += utf8_clean(out, bytes);
		return CHARSET_AS_LABELLED;
	}
	if (is_utf8 && is_mostly_utf8(bytes)) {
		*ret_damaged += utf8_clean(out, bytes);
		return CHARSET_AS_LABELLED;
	}
	if (is_utf8 || !*name) {
		decode_guessed(out, bytes, ret_damaged);
		return is_utf8 ? CHARSET_MISLABELLED : CHARSET_GUESSED;
	}
	converter = ucnv_open(name, &status);
	if (U_FAILURE(status)) {
		if (utf8_is_valid(bytes))
			*ret_damaged += utf8_clean(out, bytes);
		else
			decode_guessed(out, bytes, ret_damaged);
		return CHARSET_UNKNOWN;
	}
	outcome = decode_labelled(out, bytes, converter, ret_damaged);
	ucnv_close(converter);
	return outcome;
}
