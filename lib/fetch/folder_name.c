/*
 * Folder names between UTF-8 and the wire.
 */
#include "fetch/folder_name.h"

#include <iconv.h>
#include <string.h>

#include "base/utf8.h"

/* Output grows by at most a factor of 8 in either direction. */
enum { NAME_SIZE_MAX = 4096, CONVERTED_SIZE_MAX = 8 * NAME_SIZE_MAX };

/* True if all was converted. */
static bool
convert(const char *to, const char *from, struct view text, struct str *out)
{
	char name[NAME_SIZE_MAX], buffer[CONVERTED_SIZE_MAX];
	char *read = name, *write = buffer;
	size_t left = text.size, room = sizeof(buffer);
	iconv_t converter;
	bool ok;

	if (text.size == 0 || text.size > NAME_SIZE_MAX)
		return text.size == 0;
	memcpy(name, text.data, text.size); /* iconv(3) wants what it may write to */
	converter = iconv_open(to, from);
	if (converter == (iconv_t)-1) /* NOLINT(performance-no-int-to-ptr): so iconv(3) fails */
		return false;
	ok = iconv(converter, &read, &left, &write, &room) != (size_t)-1 &&
	     iconv(converter, NULL, NULL, &write, &room) != (size_t)-1;
	iconv_close(converter);
	if (ok)
		str_append(out, view_make(buffer, (size_t)(write - buffer)));
	return ok;
}

bool
folder_name_to_wire(struct view name, struct str *ret_wire, struct error *err)
{
	for (size_t i = 0; i < name.size; i++)
		if ((unsigned char)name.data[i] < ' ' || name.data[i] == 0x7f)
			return error_set(
				err, ERROR_MAILBOX, "a folder's name holds a control character");
	str_clear(ret_wire);
	if (!utf8_is_valid(name) || !convert("UTF-7-IMAP", "UTF-8", name, ret_wire))
		return error_set(err, ERROR_MAILBOX, "a folder's name is not UTF-8, or too long");
	return true;
}

void
folder_name_from_wire(struct view wire, struct str *ret_name)
{
	CLEANUP(str_free) struct str converted = str_new(CONVERTED_SIZE_MAX);

	str_clear(ret_name);
	if (convert("UTF-8", "UTF-7-IMAP", wire, &converted))
		(void)utf8_clean(ret_name, str_view(&converted)); /* a name, not evidence */
	else
		(void)utf8_clean(ret_name, view_slice(wire, 0, NAME_SIZE_MAX));
}

bool
folder_name_is_pattern(struct view word)
{
	return view_find_byte(word, '*', 0) != SIZE_MAX || view_find_byte(word, '%', 0) != SIZE_MAX;
}
