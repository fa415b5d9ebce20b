/*
 * A chain of blocks, each twice as large as the one before, released together.
 */
#include "base/arena.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { FIRST_BLOCK = 16 * 1024, LARGEST_STEP = 4 * 1024 * 1024, ALIGNMENT = 16 };

struct block {
	struct block *next;
	size_t size;
	size_t used;
	_Alignas(ALIGNMENT) char data[];
};

struct arena {
	struct block *blocks; /* the newest first */
	size_t total;
	size_t maximum;
	bool full;
};

struct arena *
arena_new(size_t maximum_bytes)
{
	struct arena *arena = calloc(1, sizeof(*arena));

	if (!arena)
		abort();
	arena->maximum = maximum_bytes;
	return arena;
}

static void
free_blocks(struct block *block)
{
	while (block) {
		struct block *next = block->next;

		free(block);
		block = next;
	}
}

void
arena_free(struct arena *arena)
{
	if (!arena)
		return;
	free_blocks(arena->blocks);
	free(arena);
}

static struct block *
add_block(struct arena *arena, size_t needed)
{
	size_t size = arena->blocks ? arena->blocks->size * 2 : FIRST_BLOCK;
	struct block *block;

	if (size > LARGEST_STEP)
		size = LARGEST_STEP;
	if (size < needed)
		size = needed;
	if (needed > arena->maximum - arena->total) {
		arena->full = true;
		return NULL;
	}
	if (size > arena->maximum - arena->total)
		size = arena->maximum - arena->total;
	block = malloc(sizeof(*block) + size);
	if (!block) {
		arena->full = true;
		return NULL;
	}
	block->next = arena->blocks;
	block->size = size;
	block->used = 0;
	arena->blocks = block;
	arena->total += size;
	return block;
}

void *
arena_alloc(struct arena *arena, size_t size)
{
	struct block *block = arena->blocks;
	size_t rounded;
	void *memory;

	if (size > SIZE_MAX - ALIGNMENT) {
		arena->full = true;
		return NULL;
	}
	rounded = (size + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);
	if (rounded == 0)
		rounded = ALIGNMENT;
	if (!block || rounded > block->size - block->used) {
		block = add_block(arena, rounded);
		if (!block)
			return NULL;
	}
	memory = block->data + block->used;
	block->used += rounded;
	memset(memory, 0, size);
	return memory;
}

void *
arena_alloc_array(struct arena *arena, size_t count, size_t size)
{
	size_t total;

	if (__builtin_mul_overflow(count, size, &total)) {
		arena->full = true;
		return NULL;
	}
	return arena_alloc(arena, total);
}

struct view
arena_copy(struct arena *arena, struct view bytes)
{
	char *copy = arena_alloc(arena, bytes.size + 1);

	if (!copy)
		return (struct view){NULL, 0};
	if (bytes.size)
		memcpy(copy, bytes.data, bytes.size);
	return (struct view){copy, bytes.size};
}

const char *
arena_string(struct arena *arena, struct view bytes)
{
	return arena_copy(arena, bytes).data;
}

struct view
arena_format(struct arena *arena, const char *format, ...)
{
	va_list arguments;
	char *text;
	int length;

	va_start(arguments, format);
	length = vsnprintf(NULL, 0, format, arguments);
	va_end(arguments);
	text = length < 0 ? NULL : arena_alloc(arena, (size_t)length + 1);
	if (!text)
		return (struct view){NULL, 0};
	va_start(arguments, format);
	(void)vsnprintf(text, (size_t)length + 1, format, arguments);
	va_end(arguments);
	return (struct view){text, (size_t)length};
}

bool
arena_is_full(const struct arena *arena)
{
	return arena->full;
}

void
arena_reset(struct arena *arena)
{
	struct block *first = arena->blocks;

	while (first && first->next) {
		struct block *next = first->next;

		free(first);
		first = next;
	}
	if (first && first->size > FIRST_BLOCK) {
		free(first);
		first = NULL;
	}
	if (first)
		first->used = 0;
	arena->blocks = first;
	arena->total = first ? first->size : 0;
	arena->full = false;
}

void *
arena_push(struct arena *arena, void *items, size_t *count, size_t *capacity, size_t item_size,
	size_t maximum)
{
	void *block;

	if (*count >= maximum)
		return NULL;
	memcpy(&block, items, sizeof(block)); /* items is a pointer to a pointer of any type */
	if (*count == *capacity) {
		size_t larger = *capacity ? *capacity * 2 : 8;
		void *moved = arena_alloc_array(arena, larger, item_size);

		if (!moved)
			return NULL;
		if (*count)
			memcpy(moved, block, *count * item_size);
		block = moved;
		memcpy(items, &block, sizeof(block));
		*capacity = larger;
	}
	/* The caller may have taken the last item back, so the place may have been used before. */
	return memset((char *)block + (*count)++ * item_size, 0, item_size);
}
