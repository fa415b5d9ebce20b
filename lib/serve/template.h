#ifndef SERVE_TEMPLATE_H
#define SERVE_TEMPLATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/embedded.h"
#include "base/error.h"
#include "base/str.h"

/**
 * HTML templates over C structs. A template is compiled against the shape of the struct that will
 * fill it: a name that the struct has not is an error at the program's start, and rendering looks
 * up nothing.
 *
 *	{{name}} {{row.title}}      the value, escaped for text and quoted attributes
 *	{{#rows}} … {{/rows}}       once for each item of a list; inside, its names come first
 *	{{?name}} … {{/name}}       if it is true, not zero, not empty
 *	{{^name}} … {{/name}}       if it is not
 *	{{>head.html}}              another template, here
 *
 * Text is always escaped. Only a member of type `struct markup` goes out as it is; such values are
 * made by our own code, from escaped text.
 */
struct markup {
	struct view html;
};

enum slot_type {
	SLOT_TEXT,   /**< struct view */
	SLOT_MARKUP, /**< struct markup */
	SLOT_NUMBER, /**< int64_t, as it is: ids */
	SLOT_COUNT,  /**< uint64_t, in groups of three digits: for people */
	SLOT_FLAG,   /**< bool */
	SLOT_LIST,   /**< pointer to items and a size_t */
	SLOT_OBJECT, /**< a struct inside */
};

struct shape;

struct slot {
	const char *name;
	enum slot_type type;
	size_t offset;
	size_t count_offset;       /**< of a list's size_t */
	const struct shape *shape; /**< of a list's items or of an object */
};

struct shape {
	const struct slot *slots;
	size_t count;
	size_t size; /**< of the struct */
};

/* The offset of a member, checked at compile time to be of the type that the slot says. */
#define SLOT_AT(owner, member, type)                                                               \
	(offsetof(owner, member) +                                                                 \
		0 * sizeof(char[__builtin_types_compatible_p(                                      \
					__typeof__(((owner *)NULL)->member), type)                 \
					? 1                                                        \
					: -1]))

#define TEXT(owner, member)                                                                        \
	{                                                                                          \
#member, SLOT_TEXT, SLOT_AT(owner, member, struct view), 0, NULL                   \
	}
#define MARKUP(owner, member)                                                                      \
	{                                                                                          \
#member, SLOT_MARKUP, SLOT_AT(owner, member, struct markup), 0, NULL               \
	}
#define NUMBER(owner, member)                                                                      \
	{                                                                                          \
#member, SLOT_NUMBER, SLOT_AT(owner, member, int64_t), 0, NULL                     \
	}
#define COUNT(owner, member)                                                                       \
	{                                                                                          \
#member, SLOT_COUNT, SLOT_AT(owner, member, uint64_t), 0, NULL                     \
	}
#define FLAG(owner, member)                                                                        \
	{                                                                                          \
#member, SLOT_FLAG, SLOT_AT(owner, member, bool), 0, NULL                          \
	}
#define LIST(owner, member, counter, item)                                                         \
	{                                                                                          \
#member, SLOT_LIST, offsetof(owner, member), SLOT_AT(owner, counter, size_t),      \
			&(item)                                                                    \
	}
#define OBJECT(owner, member, inner)                                                               \
	{                                                                                          \
#member, SLOT_OBJECT, offsetof(owner, member), 0, &(inner)                         \
	}
#define SHAPE(owner, list)                                                                         \
	{                                                                                          \
		list, sizeof(list) / sizeof((list)[0]), sizeof(owner)                              \
	}

struct template;

/**
 * Compiles the file of that name out of `files`, with what it includes.
 *
 * Fails with ERROR_PROGRAM, naming file and line, for an unknown name, an unclosed section, an
 * unknown file or sections nested more than TEMPLATE_DEPTH_MAX deep.
 */
enum { TEMPLATE_DEPTH_MAX = 12 };
__attribute__((warn_unused_result)) bool template_compile(struct template **ret_template,
	const struct embedded *files, size_t file_count, const char *name,
	const struct shape *shape, struct error *err);
void template_free(struct template *template);
DEFINE_CLEANUP(struct template *, template_free);

/** Appends the filled template. `data` is a struct of the shape it was compiled for. */
void template_render(const struct template *template, const void *data, struct str *out);

/** Appends text with & < > " ' escaped: fit for text and for quoted attributes. */
void template_escape(struct str *out, struct view text);

#endif
