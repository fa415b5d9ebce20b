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

static bool
is_vague(struct view status)
{
	return status.size == 0 || view_ends_with(status, VIEW(".0.0"));
}

/* "5.1.1 (unknown user)", or what the server said: "smtp; 550 5.1.1 unknown user". */
static struct view
status_of(struct view value, struct view diagnostic, struct arena *arena)
{
	struct view status = bounce_find_status(value, 0, value.size);
	struct view said = bounce_find_status(diagnostic, 0, diagnostic.size);

	return arena_copy(arena, is_vague(status) && said.size ? said : status);
}

struct block {
	struct view final, original, action, status, diagnostic;
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
				.status = status_of(block->status, block->diagnostic, arena),
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
	else if (view_equal_nocase(name, VIEW("Diagnostic-Code")))
		block->diagnostic = value;
}

void
bounce_parse_status(struct view content, struct arena *arena, struct bounce_list *list)
{
	struct view rest = content, line;
	struct block block = {0};

	while (view_next_line(&rest, &line)) {
		if (view_trim(line).size == 0)
			finish_block(&block, arena, list);
		else if (line.data[0] != ' ' && line.data[0] != '\t')
			take_field(line, &block);
		else if (block.diagnostic.data) /* goes on: it ends where this line does */
			block.diagnostic.size =
				(size_t)(line.data + line.size - block.diagnostic.data);
	}
	finish_block(&block, arena, list);
}
