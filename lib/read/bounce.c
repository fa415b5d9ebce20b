/*
 * Non-delivery reports: who was not reached, and why (RFC 3464, codes of RFC 3463).
 */
#include "read/bounce.h"

#include <stdint.h>

#include "base/utf8.h"
#include "read/header.h"

/* "rfc822; a@b" or "a@b": the address. */
static struct view
address_of(struct view value, struct arena *arena)
{
	struct address_list list = {0};
	size_t mark = view_find_byte(value, ';', 0);

	if (mark != SIZE_MAX)
		value = view_slice(value, mark + 1, value.size);
	address_parse(view_trim(value), arena, &list);
	return list.count ? list.items[0].address : VIEW("");
}

/* "5.1.1 (unknown user)": the code, if there is one. */
static struct view
status_of(struct view value, struct arena *arena)
{
	size_t end = 0, dots = 0;

	value = view_trim(value);
	while (end < value.size &&
		((value.data[end] >= '0' && value.data[end] <= '9') || value.data[end] == '.'))
		dots += value.data[end++] == '.';
	if (dots != 2 || end < 5 || end > 9 || !strchr("245", value.data[0]) ||
		value.data[1] != '.')
		return VIEW("");
	return arena_copy(arena, view_slice(value, 0, end));
}

struct block {
	struct view final, original, action, status;
};

static void
finish_block(struct block *block, struct arena *arena, struct bounce_list *list)
{
	struct bounce_recipient *item;
	struct view address = address_of(block->final, arena);

	if (address.size == 0)
		address = address_of(block->original, arena);
	if (block->final.data || block->original.data || block->action.data) {
		item = arena_push(arena, &list->items, &list->count, &list->capacity, sizeof(*item),
			BOUNCE_RECIPIENTS_MAX);
		if (item)
			*item = (struct bounce_recipient){
				.address = address,
				.action = header_token(block->action, arena),
				.status = status_of(block->status, arena),
			};
	}
	*block = (struct block){0};
}

static void
take_field(struct view line, struct block *block)
{
	size_t colon = view_find_byte(line, ':', 0);
	struct view name, value;

	if (colon == SIZE_MAX)
		return;
	name = view_trim(view_slice(line, 0, colon));
	value = view_slice(line, colon + 1, line.size);
	if (view_equal_nocase(name, VIEW("Final-Recipient")))
		block->final = value;
	else if (view_equal_nocase(name, VIEW("Original-Recipient")))
		block->original = value;
	else if (view_equal_nocase(name, VIEW("Action")))
		block->action = value;
	else if (view_equal_nocase(name, VIEW("Status")))
		block->status = value;
}

void
bounce_parse_status(struct view content, struct arena *arena, struct bounce_list *list)
{
	struct view rest = content, line;
	struct block block = {0};

	while (view_next_line(&rest, &line)) {
		if (view_trim(line).size == 0)
			finish_block(&block, arena, list);
		else
			take_field(line, &block);
	}
	finish_block(&block, arena, list);
}
