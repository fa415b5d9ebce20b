#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stddef.h>
#include <stdint.h>

#include "base/cleanup.h"
#include "base/str.h"

/**
 * Memory of one unit of work (a message, a request, a round): many allocations, one release.
 *
 * What a stranger sizes goes through an arena with a maximum. When the maximum is reached or
 * memory is gone, arena_alloc() returns NULL and `arena_is_full()` stays true; a caller that
 * handles input checks for NULL.
 */
struct arena;

/** @maximum_bytes of all allocations together. Aborts if even the handle cannot be had. */
struct arena *arena_new(size_t maximum_bytes);
void arena_free(struct arena *arena);
DEFINE_CLEANUP(struct arena *, arena_free);

/** Zeroed memory aligned for any type, or NULL; lives as long as the arena. */
void *arena_alloc(struct arena *arena, size_t size);

/** Zeroed memory for `count` items of `size` bytes, or NULL; the product is checked. */
void *arena_alloc_array(struct arena *arena, size_t count, size_t size);

/** A terminated copy; {NULL, 0} if there is no room. */
struct view arena_copy(struct arena *arena, struct view bytes);
const char *arena_string(struct arena *arena, struct view bytes);
__attribute__((format(printf, 2, 3))) struct view arena_format(
	struct arena *arena, const char *format, ...);

bool arena_is_full(const struct arena *arena);

/** Releases all allocations, keeps the arena (and its first block) for the next unit. */
void arena_reset(struct arena *arena);

/**
 * Appends room for one item to an array that lives in an arena. *items grows by doubling; the old
 * block stays with the arena, so an array costs at most twice its final size.
 *
 * Returns the zeroed new item, or NULL when the arena is full or *count has reached `maximum`.
 */
void *arena_push(struct arena *arena, void *items, size_t *count, size_t *capacity,
	size_t item_size, size_t maximum);

#endif
