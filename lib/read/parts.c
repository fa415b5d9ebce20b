/*
 * Taking a message apart: GMime finds the parts, we walk its tree without recursion and keep views
 * of the raw bytes. Everything that GMime would interpret (names, addresses, charsets) is taken
 * raw from it and read in header.c and charset.c.
 *
 * Measured: GMime 3.2 parses 250 MB/s, but makes 2 KB of objects for each part and looks at every
 * open boundary for every line that begins with "--". So what it is given ends where a message
 * has used up its parts (see limits_cut()).
 */
#include "read/parts.h"

#include <errno.h>
#include <gmime/gmime.h>
#include <string.h>
#ifdef CASEPOST_SANITIZED
#include <sanitizer/lsan_interface.h>
#endif

#include "read/header.h"
#include "read/limits.h"
#include "read/message.h"

enum {
	BOUNDARY_SIZE_MAX = 200, /* RFC 2046 allows 70 */
	FIELDS_MAX = 2000,       /* of one header */
	NESTED_BYTES_FACTOR = 8 /* an attached message is parsed again: at most so many times all */
};

/* GMime forgets the entries that registering replaces: a few bytes, once per process. */
static void
start_gmime(void)
{
#ifdef CASEPOST_SANITIZED
	__lsan_disable();
	g_mime_init();
	__lsan_enable();
#else
	g_mime_init();
#endif
}

void
parts_prepare(void)
{
	/* Attached messages come back as leaves: their depth is bounded here, and their headers
	 * are not interpreted by GMime. */
	static const char *const MESSAGES[] = {
		"*", "rfc822", "rfc2822", "global", "news", "external-body", "partial"};

	start_gmime();
	for (size_t i = 0; i < sizeof(MESSAGES) / sizeof(MESSAGES[0]); i++)
		g_mime_object_register_type("message", MESSAGES[i], GMIME_TYPE_PART);
	g_mime_object_register_type("multipart", "signed", GMIME_TYPE_MULTIPART);
	g_mime_object_register_type("multipart", "encrypted", GMIME_TYPE_MULTIPART);
}

struct view
part_field(const struct part *part, struct view name)
{
	for (size_t i = 0; i < part->field_count; i++)
		if (view_equal_nocase(part->fields[i].name, name))
			return part->fields[i].value;
	return (struct view){NULL, 0};
}

/* A node of GMime's tree, or bytes of an attached message, that waits for its turn. */
struct pending {
	GMimeObject *object; /* owned by its tree */
	struct view bytes;   /* if object is NULL: a message to be parsed */
	size_t parent;
	unsigned depth;
};

struct tree;

struct walk {
	struct arena *arena;
	struct parts *parts;
	size_t part_capacity;
	struct pending *stack;
	size_t pending_count;
	size_t pending_capacity;
	struct tree *trees;
	size_t bytes_left; /* of attached messages to parse */
};

static bool
push(struct walk *walk, struct pending pending)
{
	struct pending *top = arena_push(walk->arena, &walk->stack, &walk->pending_count,
		&walk->pending_capacity, sizeof(*top), SIZE_MAX);

	if (top)
		*top = pending;
	return top != NULL;
}

/* A line that can begin a header: "Name:" or "Name :". */
static bool
is_field_line(struct view text)
{
	size_t i = 0;

	while (i < text.size && i < 100 && text.data[i] > ' ' && text.data[i] < 0x7f &&
		text.data[i] != ':')
		i++;
	while (i > 0 && i < text.size && text.data[i] == ' ')
		i++;
	return i > 0 && i < text.size && text.data[i] == ':';
}

/* mbox programs leave their "From " line in front. */
static struct view
skip_mbox_line(struct view raw)
{
	while (view_starts_with(raw, VIEW("From ")) || view_starts_with(raw, VIEW(">From "))) {
		size_t end = view_find_byte(raw, '\n', 0);

		if (end == SIZE_MAX)
			break;
		raw = view_slice(raw, end + 1, raw.size);
	}
	return raw;
}

/* Keeps what GMime made until the walk ends: its streams point into the arrays. */
struct tree {
	GMimeObject *object;
	struct view body; /* behind the header of the message */
	GByteArray *array;
	struct tree *next;
};

static struct view
body_behind_header(struct view raw)
{
	for (size_t at = view_find_byte(raw, '\n', 0); at != SIZE_MAX;
		at = view_find_byte(raw, '\n', at + 1)) {
		struct view rest = view_slice(raw, at + 1, raw.size);

		if (view_starts_with(rest, VIEW("\n")) || view_starts_with(rest, VIEW("\r\n")))
			return view_slice(rest, rest.data[0] == '\n' ? 1 : 2, rest.size);
	}
	return VIEW("");
}

static GMimeObject *
parse_bytes(struct walk *walk, struct view raw)
{
	struct tree *tree = arena_alloc(walk->arena, sizeof(*tree));
	GMimeStream *stream;
	GMimeParser *parser;

	if (!tree)
		return NULL;
	/* GMime only reads, but has no const */
	tree->array = g_byte_array_new_take((guint8 *)(uintptr_t)raw.data, raw.size);
	stream = g_mime_stream_mem_new_with_byte_array(tree->array);
	g_mime_stream_mem_set_owner(GMIME_STREAM_MEM(stream), FALSE);
	parser = g_mime_parser_new_with_stream(stream);
	g_mime_parser_set_format(parser, GMIME_FORMAT_MESSAGE);
	tree->object = g_mime_parser_construct_part(parser, NULL);
	tree->body = body_behind_header(raw);
	g_object_unref(parser);
	g_object_unref(stream);
	tree->next = walk->trees;
	walk->trees = tree;
	return tree->object;
}

static void
free_trees(struct tree *tree)
{
	for (; tree; tree = tree->next) {
		if (tree->object)
			g_object_unref(tree->object);
		(void)g_byte_array_steal(tree->array, NULL); /* the bytes stay the caller's */
		g_byte_array_unref(tree->array);
	}
}

static struct part *
add_part(struct walk *walk, const struct pending *from)
{
	struct part *part = arena_push(walk->arena, &walk->parts->items, &walk->parts->count,
		&walk->part_capacity, sizeof(*part), MESSAGE_PARTS_MAX);

	if (!part) {
		walk->parts->is_cut = true;
		return NULL;
	}
	part->parent = from->parent;
	part->depth = from->depth;
	part->type = VIEW("text/plain");
	return part;
}

static void
read_fields(struct walk *walk, GMimeHeaderList *list, struct part *part)
{
	int count = g_mime_header_list_get_count(list);

	if (count > FIELDS_MAX) {
		count = FIELDS_MAX;
		walk->parts->is_cut = true;
	}
	part->fields = arena_alloc_array(walk->arena, (size_t)count, sizeof(*part->fields));
	if (!part->fields)
		return;
	for (int i = 0; i < count; i++) {
		GMimeHeader *header = g_mime_header_list_get_header_at(list, i);
		struct view name = view_of(g_mime_header_get_raw_name(header));
		struct view value = view_of(g_mime_header_get_raw_value(header));

		part->fields[part->field_count++] = (struct field){
			arena_copy(walk->arena, view_trim(name)),
			arena_copy(walk->arena, value),
		};
	}
}

static enum transfer
read_transfer(struct walk *walk, const struct part *part)
{
	struct view token =
		header_token(part_field(part, VIEW("Content-Transfer-Encoding")), walk->arena);

	if (view_equal(token, VIEW("base64")))
		return TRANSFER_BASE64;
	if (view_equal(token, VIEW("quoted-printable")))
		return TRANSFER_QUOTED_PRINTABLE;
	if (view_equal(token, VIEW("x-uuencode")) || view_equal(token, VIEW("uuencode")) ||
		view_equal(token, VIEW("x-uue")))
		return TRANSFER_UUENCODE;
	return TRANSFER_NONE;
}

static struct view
stream_bytes(GMimeStream *stream)
{
	GByteArray *array;
	gint64 end;

	if (!stream || !GMIME_IS_STREAM_MEM(stream))
		return VIEW("");
	array = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(stream));
	end = stream->bound_end < 0 ? (gint64)array->len : stream->bound_end;
	if (stream->bound_start < 0 || stream->bound_start > end || end > (gint64)array->len)
		return VIEW("");
	return view_make(array->data + stream->bound_start, (size_t)(end - stream->bound_start));
}

static bool
is_type(const struct part *part, const char *const *types)
{
	for (; *types; types++)
		if (view_equal(part->type, view_of(*types)))
			return true;
	return false;
}

static const char *const MESSAGE_TYPES[] = {
	"message/rfc822", "message/rfc2822", "message/global", "message/news", NULL};

static struct view
read_type(struct walk *walk, struct part *part, GMimeContentType *default_type)
{
	struct view field = part_field(part, VIEW("Content-Type"));
	struct view token = header_token(field, walk->arena);
	struct view known = header_token(
		view_of(g_mime_content_type_get_media_type(default_type)), walk->arena);
	size_t slash = view_find_byte(token, '/', 0);

	part->has_type = field.data && slash != SIZE_MAX;
	if (part->has_type && slash > 0 && slash + 1 < token.size)
		return token;
	if (token.size && slash != 0)
		return view_starts_with(token, VIEW("text")) || field.size == 0
			       ? VIEW("text/plain")
			       : VIEW("application/octet-stream");
	return arena_format(walk->arena, "%.*s/%s", (int)known.size, known.data,
		g_mime_content_type_get_media_subtype(default_type));
}

static void
append_to_str(void *context, struct view bytes)
{
	str_append(context, bytes);
}

/* The bytes of an attached message, decoded where somebody has encoded it (RFC 2046 forbids it). */
static struct view
message_bytes(struct walk *walk, const struct part *part)
{
	struct str bytes = str_new(walk->bytes_left);
	struct view copy;

	if (part->transfer == TRANSFER_NONE)
		return part->content;
	part_decode(part->transfer, part->content, append_to_str, &bytes);
	copy = arena_copy(walk->arena, str_view(&bytes));
	str_free(&bytes);
	return copy;
}

static bool
push_message(struct walk *walk, struct part *part, size_t index)
{
	struct view bytes;

	if (part->depth >= MESSAGE_DEPTH_MAX || part->content.size > walk->bytes_left) {
		walk->parts->is_cut = true;
		return true;
	}
	bytes = message_bytes(walk, part);
	walk->bytes_left -= part->content.size;
	part->is_message = true;
	return push(walk,
		(struct pending){
			.bytes = skip_mbox_line(bytes), .parent = index, .depth = part->depth + 1});
}

/* The first line of a multipart's body that looks like a boundary and is there again. */
static struct view
guess_boundary(struct view body)
{
	struct view rest = body, line;

	while (view_next_line(&rest, &line)) {
		line = view_trim(line);
		if (line.size > 4 && line.size < BOUNDARY_SIZE_MAX &&
			view_starts_with(line, VIEW("--")) && !memchr(line.data, ' ', line.size) &&
			!memchr(line.data, '"', line.size))
			return view_find(rest, line, 0) == SIZE_MAX
				       ? VIEW("")
				       : view_slice(line, 2, line.size);
	}
	return VIEW("");
}

/* A multipart whose boundary is missing or never appears: tries the one that is there. */
static GMimeMultipart *
repair_multipart(struct walk *walk, struct part *part, struct view body)
{
	struct view boundary = guess_boundary(body);
	struct str rebuilt = str_new(body.size + 1000);
	GMimeObject *object = NULL;
	struct view copy;

	walk->parts->has_bad_boundary = true;
	part->content = arena_copy(walk->arena, body);
	part->transfer = TRANSFER_NONE;
	if (boundary.size == 0)
		return NULL;
	str_append_format(&rebuilt, "Content-Type: %.*s; boundary=\"%.*s\"\n\n",
		(int)part->type.size, part->type.data, (int)boundary.size, boundary.data);
	str_append(&rebuilt, body);
	copy = arena_copy(walk->arena, str_view(&rebuilt));
	str_free(&rebuilt);
	if (copy.size > 0)
		object = parse_bytes(walk, copy);
	return object && GMIME_IS_MULTIPART(object) ? GMIME_MULTIPART(object) : NULL;
}

static bool
push_children(struct walk *walk, GMimeMultipart *multipart, struct part *part, size_t index)
{
	int count = g_mime_multipart_get_count(multipart);

	if (part->depth >= MESSAGE_DEPTH_MAX) {
		walk->parts->is_cut = true;
		return true;
	}
	part->content = VIEW("");
	for (int i = count - 1; i >= 0; i--)
		if (!push(walk, (struct pending){.object = g_mime_multipart_get_part(multipart, i),
					.parent = index,
					.depth = part->depth + 1}))
			return false;
	return true;
}

/* A multipart without parts: what it holds is a text, unless its parts can be found. */
static bool
visit_broken_multipart(struct walk *walk, struct part *part, struct view body, size_t index)
{
	GMimeMultipart *repaired = repair_multipart(walk, part, body);

	part->is_multipart = repaired && g_mime_multipart_get_count(repaired) > 0 ? true : false;
	if (part->is_multipart)
		return push_children(walk, repaired, part, index);
	part->type = VIEW("text/plain");
	return true;
}

/* Its boundary was there, so that it has no parts because it has none. */
static bool
is_closed(GMimeMultipart *multipart)
{
	return multipart->write_end_boundary &&
	       g_mime_object_get_content_type_parameter(GMIME_OBJECT(multipart), "boundary");
}

/* All that a multipart holds: of the outermost one GMime does not always keep it. */
static struct view
multipart_body(const struct walk *walk, GMimeMultipart *multipart)
{
	if (walk->trees->object == GMIME_OBJECT(multipart))
		return walk->trees->body;
	return view_of(g_mime_multipart_get_prologue(multipart));
}

static bool
visit_multipart(struct walk *walk, GMimeMultipart *multipart, struct part *part, size_t index)
{
	struct view body = multipart_body(walk, multipart);

	part->is_multipart = true;
	if (g_mime_multipart_get_count(multipart) > 0 || body.size == 0 || is_closed(multipart))
		return push_children(walk, multipart, part, index);
	return visit_broken_multipart(walk, part, body, index);
}

static bool
visit_object(struct walk *walk, const struct pending *pending)
{
	GMimeObject *object = pending->object;
	struct part *part = add_part(walk, pending);
	size_t index = walk->parts->count - 1;

	if (!part)
		return !arena_is_full(walk->arena);
	read_fields(walk, g_mime_object_get_header_list(object), part);
	part->type = read_type(walk, part, g_mime_object_get_content_type(object));
	part->transfer = read_transfer(walk, part);
	if (GMIME_IS_MULTIPART(object))
		return visit_multipart(walk, GMIME_MULTIPART(object), part, index);
	if (GMIME_IS_PART(object)) {
		GMimeDataWrapper *content = g_mime_part_get_content(GMIME_PART(object));

		part->content =
			content ? stream_bytes(g_mime_data_wrapper_get_stream(content)) : VIEW("");
	}
	if (is_type(part, MESSAGE_TYPES))
		return push_message(walk, part, index);
	if (view_starts_with(
		    part->type, VIEW("multipart/"))) /* of two types GMime took the other */
		return visit_broken_multipart(walk, part, part->content, index);
	return true;
}

/* Where a header begins that has lines of something else before it; SIZE_MAX if there is none. */
static size_t
find_header(struct view raw)
{
	enum { LINES_MAX = 10 };
	size_t start = 0;

	for (int line = 0; line < LINES_MAX && start < raw.size; line++) {
		size_t end = view_find_byte(raw, '\n', start);

		if (end == SIZE_MAX)
			return SIZE_MAX;
		if (line > 0 && is_field_line(view_slice(raw, start, end)) &&
			is_field_line(view_slice(raw, end + 1, end + 200)))
			return start;
		start = end + 1;
	}
	return SIZE_MAX;
}

/* A message as bytes: GMime's tree of it, or all of it as one text. */
static bool
visit_bytes(struct walk *walk, const struct pending *pending)
{
	struct pending found = *pending;
	struct view raw = pending->bytes;
	struct part *part;

	if (raw.size && !is_field_line(raw) && raw.data[0] != '\n' && raw.data[0] != '\r') {
		size_t header = find_header(raw);

		if (pending->parent == PARTS_NONE)
			walk->parts->has_no_header = true;
		raw = header == SIZE_MAX ? raw : view_slice(raw, header, raw.size);
	}
	if (raw.size && (is_field_line(raw) || raw.data[0] == '\n' || raw.data[0] == '\r'))
		found.object = parse_bytes(walk, raw);
	if (found.object)
		return visit_object(walk, &found);
	part = add_part(walk, pending);
	if (part)
		part->content = raw;
	return part || !arena_is_full(walk->arena);
}

/* Old Macintosh line ends: a message without any LF gets them. */
static struct view
with_line_feeds(struct view raw, struct arena *arena)
{
	struct view copy;

	if (raw.size == 0 || memchr(raw.data, '\n', raw.size) || !memchr(raw.data, '\r', raw.size))
		return raw;
	copy = arena_copy(arena, raw);
	if (copy.data)
		for (char *p = (char *)(uintptr_t)copy.data; p < copy.data + copy.size; p++)
			*p = *p == '\r' ? '\n' : *p;
	return copy.data ? copy : raw;
}

static void
find_ends(struct parts *parts)
{
	for (size_t i = parts->count; i-- > 0;) {
		struct part *part = &parts->items[i];

		if (part->end < i + 1)
			part->end = i + 1;
		if (part->parent != PARTS_NONE && parts->items[part->parent].end < part->end)
			parts->items[part->parent].end = part->end;
	}
}

bool
parts_parse(struct view raw, struct arena *arena, struct parts *ret_parts, struct error *err)
{
	struct parts parts = {0};
	struct walk walk = {.arena = arena, .parts = &parts};
	struct view usable = limits_cut(with_line_feeds(raw, arena));
	bool done;

	parts.is_cut = usable.size < raw.size;
	walk.bytes_left = usable.size > SIZE_MAX / NESTED_BYTES_FACTOR
				  ? SIZE_MAX
				  : usable.size * NESTED_BYTES_FACTOR;
	done = push(&walk, (struct pending){.bytes = skip_mbox_line(usable), .parent = PARTS_NONE});
	while (done && walk.pending_count > 0) {
		struct pending next = walk.stack[--walk.pending_count];

		done = next.object ? visit_object(&walk, &next) : visit_bytes(&walk, &next);
	}
	free_trees(walk.trees);
	if (!done || arena_is_full(arena) || parts.count == 0)
		return error_set(err, ERROR_MESSAGE, "the message needs too much memory");
	find_ends(&parts);
	*ret_parts = parts;
	return true;
}

void
part_decode(enum transfer transfer, struct view content, part_sink *sink, void *context)
{
	static const GMimeContentEncoding ENCODINGS[] = {
		[TRANSFER_NONE] = GMIME_CONTENT_ENCODING_BINARY,
		[TRANSFER_BASE64] = GMIME_CONTENT_ENCODING_BASE64,
		[TRANSFER_QUOTED_PRINTABLE] = GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE,
		[TRANSFER_UUENCODE] = GMIME_CONTENT_ENCODING_UUENCODE,
	};
	enum { STEP = 32 * 1024 };
	char out[STEP * 3];
	GMimeEncoding state;

	if (transfer == TRANSFER_NONE) {
		sink(context, content);
		return;
	}
	g_mime_encoding_init_decode(&state, ENCODINGS[transfer]);
	for (size_t start = 0; start < content.size; start += STEP) {
		struct view piece = view_slice(content, start, start + STEP);

		sink(context,
			view_make(out, g_mime_encoding_step(&state, piece.data, piece.size, out)));
	}
	if (transfer == TRANSFER_BASE64) { /* GMime drops a last group without its padding */
		int have = state.state < 0 ? -state.state : state.state;
		size_t missing = have >= 2 ? (size_t)(4 - have) : 0;

		sink(context, view_make(out, g_mime_encoding_step(&state, "==", missing, out)));
	} else {
		sink(context, view_make(out, g_mime_encoding_flush(&state, "", 0, out)));
	}
}
