#ifndef BASE_CLEANUP_H
#define BASE_CLEANUP_H

/*
 * Scope-bound ownership: the only macros of the project with a will of their own.
 *
 * A local that owns something is bound to its scope, so that every return lets go of it:
 *
 *	CLEANUP(archive_closep) struct archive *archive = NULL;
 *
 * The function named takes a pointer to the variable; DEFINE_CLEANUP makes it from a destructor
 * that accepts NULL. TAKE hands the value on and leaves NULL behind.
 */

#include <stdlib.h>

#define CLEANUP(function) __attribute__((cleanup(function)))

#define DEFINE_CLEANUP(type, destructor)                                                           \
	static inline void destructor##p(type *where)                                              \
	{                                                                                          \
		if (*where)                                                                        \
			destructor(*where);                                                        \
	}                                                                                          \
	struct cleanup_needs_semicolon

#define TAKE(variable)                                                                             \
	__extension__({                                                                            \
		__typeof__(variable) taken_ = (variable);                                          \
		(variable) = NULL;                                                                 \
		taken_;                                                                            \
	})

/** CLEANUP(freep): for memory from malloc() and its kin. */
static inline void
freep(void *where)
{
	free(*(void **)where);
}

#endif
