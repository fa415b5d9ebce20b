/*
 * HTML templates, compiled at the start of the server into a flat list of steps. The templates are
 * our own; the values are not, and none of them leaves without being escaped.
 */
#include "serve/template.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum { INCLUDE_DEPTH_MAX = 4 };

enum step_kind { STEP_LITERAL, STEP_VALUE, STEP_LIST, STEP_IF, STEP_UNLESS, STEP_END };

struct step {
	enum step_kind kind;
	struct view literal;
	const struct slot *slot;
	size_t offset;  /* of the slot in the struct that it was found in */
	unsigned level; /* which struct that is: 0 is the outermost */
	size_t partner; /* list, if, unless: its end; end: its begin */
};

struct template
{
	struct step *steps;
	size_t count;
	size_t capacity;
};

/* A section that is open while a template is compiled. */
struct open_section {
	struct view name;
	size_t step;
	bool is_list;
};

struct compiler {
	struct template *template;
	const struct embedded *files;
	size_t file_count;
	const struct shape *levels[TEMPLATE_DEPTH_MAX + 1];
	unsigned level;
	struct open_section open[TEMPLATE_DEPTH_MAX];
	size_t open_count;
	struct error *err;
};

struct source {
	const char *name;
	struct view whole;
};

void
template_escape(struct str *out, struct view text)
{
	size_t start = 0;

	for (size_t i = 0; i < text.size; i++) {
		const char *entity;

		switch (text.data[i]) {
		case '&':
			entity = "&amp;";
			break;
		case '<':
			entity = "&lt;";
			break;
		case '>':
			entity = "&gt;";
			break;
		case '"':
			entity = "&quot;";
			break;
		case '\'':
			entity = "&#39;";
			break;
		default:
			continue;
		}
		str_append(out, view_slice(text, start, i));
		str_append(out, view_of(entity));
		start = i + 1;
	}
	str_append(out, view_slice(text, start, text.size));
}

static struct step *
add_step(struct template *template, enum step_kind kind)
{
	if (template->count == template->capacity) {
		template->capacity = template->capacity ? template->capacity * 2 : 64;
		template->steps =
			realloc(template->steps, template->capacity * sizeof(*template->steps));
		if (!template->steps)
			abort();
	}
	template->steps[template->count] = (struct step){.kind = kind};
	return &template->steps[template->count++];
}

static bool
fail_at(struct compiler *compiler, const struct source *source, struct view where,
	const char *problem)
{
	size_t line = 1;

	for (const char *c = source->whole.data; c < where.data; c++)
		line += *c == '\n';
	return error_set(compiler->err, ERROR_PROGRAM, "%s:%zu: {{%.*s}}: %s", source->name, line,
		(int)where.size, where.data, problem);
}

static const struct slot *
find_slot(const struct shape *shape, struct view name)
{
	for (size_t i = 0; i < shape->count; i++)
		if (view_equal(view_of(shape->slots[i].name), name))
			return &shape->slots[i];
	return NULL;
}

/* Finds "a.b.c" from the innermost struct outwards. */
static bool
resolve(struct compiler *compiler, struct view path, struct step *step)
{
	struct view rest = path, name;

	(void)view_next_field(&rest, '.', &name); /* a path has at least one name */
	step->level = compiler->level;
	while (!(step->slot = find_slot(compiler->levels[step->level], name)))
		if (step->level-- == 0)
			return false;
	step->offset = step->slot->offset;
	while (view_next_field(&rest, '.', &name)) {
		if (step->slot->type != SLOT_OBJECT)
			return false;
		step->slot = find_slot(step->slot->shape, name);
		if (!step->slot)
			return false;
		step->offset += step->slot->offset;
	}
	return true;
}

static bool
open_section(struct compiler *compiler, const struct source *source, struct view name,
	enum step_kind kind)
{
	struct step found = {.kind = kind};

	if (compiler->open_count == TEMPLATE_DEPTH_MAX)
		return fail_at(compiler, source, name, "nested too deep");
	if (!resolve(compiler, name, &found))
		return fail_at(compiler, source, name, "there is no such value");
	if (kind == STEP_LIST && found.slot->type != SLOT_LIST)
		return fail_at(compiler, source, name, "is no list");
	compiler->open[compiler->open_count++] =
		(struct open_section){name, compiler->template->count, kind == STEP_LIST};
	*add_step(compiler->template, kind) = found;
	if (kind == STEP_LIST)
		compiler->levels[++compiler->level] = found.slot->shape;
	return true;
}

static bool
close_section(struct compiler *compiler, const struct source *source, struct view name)
{
	struct open_section *last;
	struct step *end;

	if (compiler->open_count == 0 ||
		!view_equal(compiler->open[compiler->open_count - 1].name, name))
		return fail_at(compiler, source, name, "closes what is not open");
	last = &compiler->open[--compiler->open_count];
	compiler->level -= last->is_list;
	end = add_step(compiler->template, STEP_END);
	end->partner = last->step;
	compiler->template->steps[last->step].partner = compiler->template->count - 1;
	return true;
}

static bool
put_value(struct compiler *compiler, const struct source *source, struct view name)
{
	struct step found = {.kind = STEP_VALUE};

	if (!resolve(compiler, name, &found))
		return fail_at(compiler, source, name, "there is no such value");
	if (found.slot->type == SLOT_LIST || found.slot->type == SLOT_OBJECT ||
		found.slot->type == SLOT_FLAG)
		return fail_at(compiler, source, name, "cannot be written");
	*add_step(compiler->template, STEP_VALUE) = found;
	return true;
}

static const struct embedded *
find_file(const struct compiler *compiler, struct view name)
{
	for (size_t i = 0; i < compiler->file_count; i++)
		if (view_equal(view_of(compiler->files[i].name), name))
			return &compiler->files[i];
	return NULL;
}

static bool compile_file(
	struct compiler *compiler, const struct embedded *file, unsigned include_depth);

static bool
compile_tag(struct compiler *compiler, const struct source *source, struct view tag,
	unsigned include_depth)
{
	struct view name = view_slice(tag, 1, tag.size);
	const struct embedded *file;

	switch (tag.size ? tag.data[0] : '\0') {
	case '#':
		return open_section(compiler, source, name, STEP_LIST);
	case '?':
		return open_section(compiler, source, name, STEP_IF);
	case '^':
		return open_section(compiler, source, name, STEP_UNLESS);
	case '/':
		return close_section(compiler, source, name);
	case '>':
		file = find_file(compiler, name);
		if (!file || include_depth == INCLUDE_DEPTH_MAX)
			return fail_at(compiler, source, tag, "there is no such template");
		return compile_file(compiler, file, include_depth + 1);
	default:
		return put_value(compiler, source, tag);
	}
}

/* Recursive through {{>…}} only, at most INCLUDE_DEPTH_MAX deep. */
static bool
compile_file(struct compiler *compiler, const struct embedded *file, unsigned include_depth)
{
	struct source source = {file->name, file->content};
	struct view rest = file->content;

	while (rest.size) {
		size_t start = view_find(rest, VIEW("{{"), 0);
		size_t end;

		if (start == SIZE_MAX)
			start = rest.size;
		if (start > 0)
			add_step(compiler->template, STEP_LITERAL)->literal =
				view_slice(rest, 0, start);
		rest = view_slice(rest, start, rest.size);
		if (rest.size == 0)
			break;
		end = view_find(rest, VIEW("}}"), 2);
		if (end == SIZE_MAX)
			return fail_at(compiler, &source, view_slice(rest, 2, 20), "has no end");
		if (!compile_tag(compiler, &source, view_slice(rest, 2, end), include_depth))
			return false;
		rest = view_slice(rest, end + 2, rest.size);
	}
	return true;
}

bool
template_compile(struct template **ret_template, const struct embedded *files, size_t file_count,
	const char *name, const struct shape *shape, struct error *err)
{
	CLEANUP(template_freep) struct template *template = calloc(1, sizeof(*template));
	struct compiler compiler = {
		.template = template, .files = files, .file_count = file_count, .err = err};
	const struct embedded *file = find_file(&compiler, view_of(name));

	if (!template)
		abort();
	compiler.levels[0] = shape;
	if (!file)
		return error_set(err, ERROR_PROGRAM, "there is no template %s", name);
	if (!compile_file(&compiler, file, 0))
		return false;
	if (compiler.open_count > 0)
		return error_set(err, ERROR_PROGRAM, "%s: {{%.*s}} is never closed", name,
			(int)compiler.open[0].name.size, compiler.open[0].name.data);
	*ret_template = TAKE(template);
	return true;
}

void
template_free(struct template *template)
{
	if (!template)
		return;
	free(template->steps);
	free(template);
}

static void
put_count(struct str *out, uint64_t number)
{
	char digits[24];
	int count = snprintf(digits, sizeof(digits), "%" PRIu64, number);

	for (int i = 0; i < count; i++) {
		if (i > 0 && (count - i) % 3 == 0)
			str_append_byte(out, ',');
		str_append_byte(out, digits[i]);
	}
}

static void
write_value(struct str *out, const struct step *step, const char *where)
{
	switch (step->slot->type) {
	case SLOT_TEXT:
		template_escape(out, *(const struct view *)(const void *)where);
		break;
	case SLOT_MARKUP:
		str_append(out, ((const struct markup *)(const void *)where)->html);
		break;
	case SLOT_NUMBER:
		str_append_format(out, "%" PRId64, *(const int64_t *)(const void *)where);
		break;
	case SLOT_COUNT:
		put_count(out, *(const uint64_t *)(const void *)where);
		break;
	case SLOT_FLAG:
	case SLOT_LIST:
	case SLOT_OBJECT:
		assert(!"refused when the template was compiled");
	}
}

static size_t
list_size(const struct step *step, const char *where)
{
	const char *owner = where - step->slot->offset;

	return *(const size_t *)(const void *)(owner + step->slot->count_offset);
}

static bool
is_true(const struct step *step, const char *where)
{
	switch (step->slot->type) {
	case SLOT_TEXT:
		return ((const struct view *)(const void *)where)->size > 0;
	case SLOT_MARKUP:
		return ((const struct markup *)(const void *)where)->html.size > 0;
	case SLOT_NUMBER:
		return *(const int64_t *)(const void *)where != 0;
	case SLOT_COUNT:
		return *(const uint64_t *)(const void *)where != 0;
	case SLOT_FLAG:
		return *(const bool *)(const void *)where;
	case SLOT_LIST:
		return list_size(step, where) > 0;
	case SLOT_OBJECT:
		return true;
	}
	return false;
}

/* The structs that are open while rendering: the outermost, then the item of each open list. */
struct scope {
	const char *data;
	size_t left; /* items behind this one */
};

/* At a list's begin: enters its first item or goes behind its end. Returns the next step. */
static size_t
enter_list(const struct step *step, const char *where, size_t at, struct scope *inner)
{
	size_t count = list_size(step, where);

	if (count == 0)
		return step->partner + 1;
	inner->data = *(const char *const *)(const void *)where;
	inner->left = count - 1;
	return at + 1;
}

void
template_render(const struct template *template, const void *data, struct str *out)
{
	struct scope scopes[TEMPLATE_DEPTH_MAX + 1] = {{data, 0}};
	unsigned level = 0;
	size_t at = 0;

	while (at < template->count) {
		const struct step *step = &template->steps[at];
		const char *where = step->slot ? scopes[step->level].data + step->offset : NULL;
		const struct step *begin;
		size_t next = at + 1;

		switch (step->kind) {
		case STEP_LITERAL:
			str_append(out, step->literal);
			break;
		case STEP_VALUE:
			write_value(out, step, where);
			break;
		case STEP_IF:
		case STEP_UNLESS:
			if (is_true(step, where) != (step->kind == STEP_IF))
				next = step->partner + 1;
			break;
		case STEP_LIST:
			next = enter_list(step, where, at, &scopes[level + 1]);
			level += next == at + 1;
			break;
		case STEP_END:
			begin = &template->steps[step->partner];
			if (begin->kind != STEP_LIST)
				break;
			if (scopes[level].left > 0) {
				scopes[level].left--;
				scopes[level].data += begin->slot->shape->size;
				next = step->partner + 1;
			} else {
				level--;
			}
			break;
		}
		at = next;
	}
}
