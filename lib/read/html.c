/*
 * HTML to text that reads as the mail looks. Gumbo builds the tree as browsers do; we walk it
 * without recursion, keeping a few counters.
 */
#include "read/html.h"

#include <gumbo.h>
#include <setjmp.h>
#include <string.h>
#include <time.h>

#include "base/arena.h"
#include "base/utf8.h"
#include "read/writer.h"

/* A charset is named in the first kilobytes, or nowhere (HTML 4.2.5.4 says 1024). */
enum { META_SIZE_MAX = 4096 };

static struct view
attribute(const GumboNode *node, const char *name)
{
	const GumboAttribute *found = gumbo_get_attribute(&node->v.element.attributes, name);

	return found ? view_of(found->value) : (struct view){NULL, 0};
}

static bool
contains_nocase(struct view text, struct view needle)
{
	for (size_t i = 0; i + needle.size <= text.size; i++)
		if (view_starts_with_nocase(view_slice(text, i, text.size), needle))
			return true;
	return false;
}

/* Text that a reader of the mail does not see: preheaders, trackers, what spam hides. */
static bool
is_hidden(const GumboNode *node)
{
	static const char *const SIGNS[] = {"display:none", "display: none", "visibility:hidden",
		"visibility: hidden", "mso-hide:all", "mso-hide: all", "font-size:0px",
		"font-size:0;", "font-size: 0px", "max-height:0;", "max-height:0px"};
	struct view style = view_slice(attribute(node, "style"), 0, 2000);

	if (gumbo_get_attribute(&node->v.element.attributes, "hidden"))
		return true;
	for (size_t i = 0; style.size && i < sizeof(SIGNS) / sizeof(SIGNS[0]); i++)
		if (contains_nocase(style, view_of(SIGNS[i])))
			return true;
	return false;
}

static bool
is_left_out(const GumboNode *node)
{
	GumboTag tag = node->v.element.tag;

	return tag == GUMBO_TAG_HEAD || tag == GUMBO_TAG_SCRIPT || tag == GUMBO_TAG_STYLE ||
	       tag == GUMBO_TAG_TEMPLATE || tag == GUMBO_TAG_SVG || tag == GUMBO_TAG_IFRAME ||
	       tag == GUMBO_TAG_OBJECT || tag == GUMBO_TAG_SELECT || tag == GUMBO_TAG_MATH ||
	       tag == GUMBO_TAG_TITLE || is_hidden(node);
}

/* Line feeds before and after an element: 2 for paragraphs, 1 for blocks, 0 within a line. */
static unsigned
breaks_around(GumboTag tag)
{
	static const unsigned char BREAKS[GUMBO_TAG_LAST] = {
		[GUMBO_TAG_P] = 2,
		[GUMBO_TAG_H1] = 2,
		[GUMBO_TAG_H2] = 2,
		[GUMBO_TAG_H3] = 2,
		[GUMBO_TAG_H4] = 2,
		[GUMBO_TAG_H5] = 2,
		[GUMBO_TAG_H6] = 2,
		[GUMBO_TAG_BLOCKQUOTE] = 2,
		[GUMBO_TAG_PRE] = 2,
		[GUMBO_TAG_UL] = 1,
		[GUMBO_TAG_OL] = 1,
		[GUMBO_TAG_DL] = 1,
		[GUMBO_TAG_TABLE] = 1,
		[GUMBO_TAG_DIV] = 1,
		[GUMBO_TAG_TR] = 1,
		[GUMBO_TAG_LI] = 1,
		[GUMBO_TAG_DT] = 1,
		[GUMBO_TAG_DD] = 1,
		[GUMBO_TAG_CENTER] = 1,
		[GUMBO_TAG_SECTION] = 1,
		[GUMBO_TAG_ARTICLE] = 1,
		[GUMBO_TAG_HEADER] = 1,
		[GUMBO_TAG_FOOTER] = 1,
		[GUMBO_TAG_ADDRESS] = 1,
		[GUMBO_TAG_FORM] = 1,
		[GUMBO_TAG_FIELDSET] = 1,
		[GUMBO_TAG_MAIN] = 1,
		[GUMBO_TAG_NAV] = 1,
		[GUMBO_TAG_ASIDE] = 1,
		[GUMBO_TAG_CAPTION] = 1,
		[GUMBO_TAG_FIGURE] = 1,
		[GUMBO_TAG_HR] = 1,
	};

	return tag < GUMBO_TAG_LAST ? BREAKS[tag] : 0;
}

static void
start_item(struct writer *writer)
{
	unsigned depth = writer->lists < LIST_DEPTH_MAX ? writer->lists : LIST_DEPTH_MAX;
	unsigned *number = depth ? &writer->numbers[depth - 1] : NULL;

	writer_need_breaks(writer, 1);
	writer_flush(writer);
	for (unsigned i = 1; i < depth; i++)
		str_append(writer->out, VIEW("  "));
	if (number && *number > 0)
		str_append_format(writer->out, "%u. ", (*number)++);
	else
		str_append(writer->out, VIEW("- "));
}

static void
start_list(struct writer *writer, bool is_numbered)
{
	if (writer->lists < LIST_DEPTH_MAX)
		writer->numbers[writer->lists] = is_numbered ? 1 : 0;
	writer->lists++;
}

static bool
is_element(const GumboNode *node, GumboTag tag)
{
	return node->type == GUMBO_NODE_ELEMENT && node->v.element.tag == tag;
}

static bool
is_cell(const GumboNode *node)
{
	return is_element(node, GUMBO_TAG_TD) || is_element(node, GUMBO_TAG_TH);
}

/* A table (or, outside tables of data, a division) inside a cell lays the page out: such cells are
 * blocks and not columns. */
static bool
holds_blocks(const GumboNode *cell, bool in_data_row)
{
	const GumboVector *children = &cell->v.element.children;

	for (unsigned i = 0; i < children->length; i++)
		if (is_element(children->data[i], GUMBO_TAG_TABLE) ||
			(!in_data_row && is_element(children->data[i], GUMBO_TAG_DIV)))
			return true;
	return false;
}

static unsigned
count_cells(const GumboNode *row)
{
	unsigned cells = 0;

	for (unsigned i = 0; i < row->v.element.children.length; i++)
		cells += is_cell(row->v.element.children.data[i]) ? 1 : 0;
	return cells;
}

/* Rows side by side with the same number of cells, at least two: then an empty cell says
 * something too. Looks at one neighbour, so that the whole stays linear. */
static bool
is_data_row(const GumboNode *row)
{
	unsigned cells = count_cells(row);
	const GumboNode *table = row->parent;
	size_t at = row->index_within_parent;

	if (cells < 2 || !table || table->type != GUMBO_NODE_ELEMENT)
		return false;
	for (size_t i = at + 1; i < table->v.element.children.length && i <= at + 2; i++)
		if (is_element(table->v.element.children.data[i], GUMBO_TAG_TR))
			return count_cells(table->v.element.children.data[i]) == cells;
	for (size_t i = at; i > 0 && i + 2 > at; i--)
		if (is_element(table->v.element.children.data[i - 1], GUMBO_TAG_TR))
			return count_cells(table->v.element.children.data[i - 1]) == cells;
	return false;
}

static void
start_row(struct writer *writer, const GumboNode *row)
{
	writer->cells = 0;
	writer->row_start = writer->out->size;
	writer->in_data_row = is_data_row(row);
}

/* Of a row of data every column has its place: "a | | c", "| b". */
static void
start_data_cell(struct writer *writer)
{
	bool is_first_text = writer->out->size == writer->row_start;

	if (is_first_text)
		writer_flush(writer);
	str_append(writer->out, is_first_text ? VIEW("|") : VIEW(" |"));
	writer->breaks = 0;
	writer->at_line_start = writer->cell_due = false;
	writer->space = writer->in_cell = true;
}

static void
start_cell(struct writer *writer, const GumboNode *cell)
{
	if (writer->cells++ == 0)
		return;
	if (holds_blocks(cell, writer->in_data_row)) {
		writer_need_breaks(writer, 1);
	} else if (writer->in_data_row) {
		start_data_cell(writer);
	} else if (writer->out->size > writer->row_start && writer->breaks < 2) {
		writer->breaks = 0;
		writer->space = false;
		writer->cell_due = writer->in_cell = true;
	}
}

/* Rows of data stand one below the other, also where their cells hold paragraphs. */
static void
end_cell(struct writer *writer)
{
	writer->in_cell = false;
	if (writer->in_data_row && writer->breaks > 1)
		writer->breaks = 1;
}

/* Gmail marks its signature; a plain text mail would have "-- ". */
static void
start_signature(struct writer *writer)
{
	struct view before =
		view_trim(view_slice(str_view(writer->out), writer->begin, writer->out->size));

	if (view_ends_with(before, VIEW("\n--")) || before.size == 0)
		return;
	writer_need_breaks(writer, 1);
	writer_flush(writer);
	str_append(writer->out, VIEW("-- "));
	writer_need_breaks(writer, 1);
}

static void
enter(struct writer *writer, const GumboNode *node)
{
	GumboTag tag = node->v.element.tag;

	if (tag == GUMBO_TAG_BR) {
		writer_add_break(writer);
		return;
	}
	writer_need_breaks(writer, breaks_around(tag));
	if (tag == GUMBO_TAG_BLOCKQUOTE)
		writer->quotes++;
	else if (tag == GUMBO_TAG_PRE)
		writer->pre++;
	else if (tag == GUMBO_TAG_UL || tag == GUMBO_TAG_OL)
		start_list(writer, tag == GUMBO_TAG_OL);
	else if (tag == GUMBO_TAG_LI)
		start_item(writer);
	else if (tag == GUMBO_TAG_TR)
		start_row(writer, node);
	else if (tag == GUMBO_TAG_TD || tag == GUMBO_TAG_TH)
		start_cell(writer, node);
	else if (tag == GUMBO_TAG_HR) {
		writer_flush(writer);
		str_append(writer->out, VIEW("________________________________"));
		writer_need_breaks(writer, 1);
	} else if (tag == GUMBO_TAG_DIV &&
		   contains_nocase(
			   view_slice(attribute(node, "class"), 0, 100), VIEW("gmail_signature")))
		start_signature(writer);
}

static bool
is_told(struct view target, struct view text)
{
	struct view bare = target;
	size_t scheme = view_find(target, VIEW("://"), 0);

	if (view_starts_with_nocase(target, VIEW("mailto:")))
		bare = view_slice(target, 7, target.size);
	else if (scheme != SIZE_MAX)
		bare = view_slice(target, scheme + 3, target.size);
	if (view_starts_with_nocase(bare, VIEW("www.")))
		bare = view_slice(bare, 4, bare.size);
	while (bare.size && bare.data[bare.size - 1] == '/')
		bare.size--;
	if (view_find_byte(bare, '?', 0) != SIZE_MAX &&
		view_starts_with_nocase(target, VIEW("mailto:")))
		bare = view_slice(bare, 0, view_find_byte(bare, '?', 0));
	return bare.size == 0 || contains_nocase(view_slice(text, 0, 4000), bare);
}

/* "text <target>" where the text alone would not say where a link leads. */
static void
end_link(struct writer *writer, const GumboNode *node, size_t text_start)
{
	struct view target = view_trim(attribute(node, "href"));
	struct view text = view_slice(str_view(writer->out), text_start, writer->out->size);

	if (!view_starts_with_nocase(target, VIEW("http://")) &&
		!view_starts_with_nocase(target, VIEW("https://")) &&
		!view_starts_with_nocase(target, VIEW("mailto:")))
		return;
	if (view_trim(text).size == 0 || target.size > 2000 || is_told(target, text))
		return;
	if (view_starts_with_nocase(target, VIEW("mailto:")))
		target = view_slice(target, 7, target.size);
	str_append(writer->out, VIEW(" <"));
	str_append(writer->out, target);
	str_append_byte(writer->out, '>');
}

static void
leave(struct writer *writer, const GumboNode *node, size_t text_start)
{
	GumboTag tag = node->v.element.tag;

	if (tag == GUMBO_TAG_A)
		end_link(writer, node, text_start);
	if (tag == GUMBO_TAG_TD || tag == GUMBO_TAG_TH)
		end_cell(writer);
	if (tag == GUMBO_TAG_BLOCKQUOTE)
		writer->quotes--;
	else if (tag == GUMBO_TAG_PRE)
		writer->pre--;
	else if (tag == GUMBO_TAG_UL || tag == GUMBO_TAG_OL)
		writer->lists--;
	writer_need_breaks(writer, breaks_around(tag));
}

static void
visit(struct writer *writer, const GumboNode *node)
{
	if (node->type == GUMBO_NODE_TEXT || node->type == GUMBO_NODE_WHITESPACE ||
		node->type == GUMBO_NODE_CDATA) {
		if (writer->pre)
			writer_preformatted(writer, view_of(node->v.text.text));
		else
			writer_words(writer, view_of(node->v.text.text));
	}
}

/* Where in the output the innermost open link's text began. Links do not nest in HTML. */
static void
walk(struct writer *writer, const GumboNode *root)
{
	const GumboNode *node = root;
	size_t link_start = 0;

	for (;;) {
		bool is_element = node->type == GUMBO_NODE_ELEMENT;

		if (is_element && !is_left_out(node)) {
			enter(writer, node);
			if (node->v.element.tag == GUMBO_TAG_A)
				link_start = writer->out->size;
			if (node->v.element.children.length > 0) {
				node = node->v.element.children.data[0];
				continue;
			}
			leave(writer, node, link_start);
		} else if (!is_element) {
			visit(writer, node);
		}
		while (node != root) { /* to the next sibling, or the parent's */
			const GumboNode *parent = node->parent;
			unsigned next = (unsigned)node->index_within_parent + 1;

			if (next < parent->v.element.children.length) {
				node = parent->v.element.children.data[next];
				break;
			}
			leave(writer, parent, link_start);
			node = parent;
		}
		if (node == root)
			return;
	}
}

/* What is left when all tags are dropped. */
static void
strip_tags(struct view html, struct str *out)
{
	size_t at = 0;

	while (at < html.size) {
		size_t open = view_find_byte(html, '<', at);
		size_t close;

		if (open == SIZE_MAX) {
			str_append(out, view_slice(html, at, html.size));
			return;
		}
		str_append(out, view_slice(html, at, open));
		close = view_find_byte(html, '>', open);
		str_append_byte(out, ' ');
		at = close == SIZE_MAX ? html.size : close + 1;
	}
}

/*
 * Gumbo's memory: an arena of its own, which is never taken apart node by node (gumbo's destructor
 * recurses). Every step of the parser that a sender can multiply (nodes, attributes) allocates, so
 * here is also where it is told to stop, by a jump out of it: it cannot be told otherwise.
 */
struct budget {
	struct arena *arena;
	size_t calls;
	clock_t deadline;
	jmp_buf stop;
};

static void *
allocate(void *context, size_t size)
{
	struct budget *budget = context;
	void *memory;

	if (++budget->calls % 256 == 0 && clock() > budget->deadline)
		longjmp(budget->stop, 1);
	memory = arena_alloc(budget->arena, size);
	if (!memory)
		longjmp(budget->stop, 1);
	return memory;
}

static void
keep(void *context, void *memory)
{
	(void)context;
	(void)memory;
}

/* The tree, or NULL when it costs more than it may. */
static const GumboNode *
parse(struct view html, struct budget *budget)
{
	GumboOptions options = kGumboDefaultOptions;

	options.allocator = allocate;
	options.deallocator = keep;
	options.userdata = budget;
	options.max_errors = 0;
	budget->deadline = clock() + HTML_SECONDS_MAX * CLOCKS_PER_SEC;
	if (html.size > HTML_SIZE_MAX || setjmp(budget->stop) != 0)
		return NULL;
	return gumbo_parse_with_options(&options, html.data, html.size)->root;
}

bool
html_to_text(struct view html, struct str *out)
{
	struct budget budget = {.arena = arena_new(HTML_MEMORY_MAX)};
	struct str text = str_new(out->maximum);
	struct writer writer = {.out = &text, .at_line_start = true};
	const GumboNode *root = html.size ? parse(html, &budget) : NULL;

	if (root)
		walk(&writer, root);
	else
		strip_tags(view_slice(html, 0, HTML_SIZE_MAX), &text);
	(void)utf8_clean(out, str_view(&text)); /* the gate again: "&#0;" is no text either */
	str_free(&text);
	arena_free(budget.arena);
	return root || html.size == 0;
}

static bool
is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

struct view
html_charset(struct view html)
{
	struct view head = view_slice(html, 0, META_SIZE_MAX);

	for (size_t at = view_find_byte(head, '<', 0); at != SIZE_MAX;
		at = view_find_byte(head, '<', at + 1)) {
		size_t close = view_find_byte(head, '>', at);
		struct view tag = view_slice(head, at + 1, close == SIZE_MAX ? head.size : close);

		if (!view_starts_with_nocase(tag, VIEW("meta")))
			continue;
		for (size_t i = 4; i + 8 < tag.size; i++) {
			size_t end;

			if (!view_starts_with_nocase(
				    view_slice(tag, i, tag.size), VIEW("charset=")))
				continue;
			for (i += 8; i < tag.size && (tag.data[i] == '"' || tag.data[i] == '\'');)
				i++;
			for (end = i; end < tag.size && !is_space(tag.data[end]) &&
				      tag.data[end] != '"' && tag.data[end] != '\'' &&
				      tag.data[end] != ';' && tag.data[end] != '/';)
				end++;
			return view_slice(tag, i, end);
		}
	}
	return (struct view){NULL, 0};
}
