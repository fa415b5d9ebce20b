/*
 * The vocabularies as one automaton (Aho and Corasick, 1975). Loading reads every table of
 * schema/vocabulary, folds each term and adds it to a trie; searching walks the folded text once.
 * Nodes are sparse (first child and next sibling), since a dense table would cost 250 MB for what
 * here takes 10.
 */
#include "extract/vocabulary.h"

#include <assert.h>
#include <stdlib.h>

#include "extract/fold.h"

enum {
	/* 200,000 terms of 30 bytes: ten times what the tables hold. */
	NODES_MAX = 6 * 1000 * 1000,
	TERMS_MAX = TSV_ROWS_MAX,
	/* What loading may take, and what the hits of one text may. */
	VOCABULARY_BYTES_MAX = 512 * 1024 * 1024,
	HITS_MAX = 4 * 1000 * 1000,
	/* A run of letters that goes on for longer is no word; bounds what an open term looks at.
	 */
	WORD_BYTES_MAX = 100,
};

enum { COLUMN_VALUE, COLUMN_LANGUAGE, COLUMN_TERMS, COLUMN_WEIGHT, COLUMN_COUNT };

static const char *const columns[COLUMN_COUNT] = {"value", "language", "terms", "weight"};

static const char *const files[TABLE_COUNT] = {
	[TABLE_COUNTRIES] = "countries.tsv",
	[TABLE_COUNTRY_DOMAINS] = "country_domains.tsv",
	[TABLE_LEVELS] = "levels.tsv",
	[TABLE_SECTORS] = "sectors.tsv",
	[TABLE_PLATFORMS] = "platforms.tsv",
	[TABLE_NETWORKS] = "networks.tsv",
	[TABLE_STAGES] = "stages.tsv",
	[TABLE_CATEGORIES] = "categories.tsv",
	[TABLE_REASONS] = "reasons.tsv",
	[TABLE_CONFIDENTIALITY] = "confidentiality.tsv",
	[TABLE_CLASSES] = "classes.tsv",
	[TABLE_CUES] = "cues.tsv",
	[TABLE_LABELS] = "labels.tsv",
	[TABLE_CALL] = "call.tsv",
	[TABLE_EVENTS] = "events.tsv",
	[TABLE_MONTHS] = "months.tsv",
	[TABLE_SEASONS] = "seasons.tsv",
	[TABLE_RELATIVE_DATES] = "relative_dates.tsv",
	[TABLE_NUMBER_WORDS] = "number_words.tsv",
	[TABLE_USER_NOUNS] = "user_nouns.tsv",
	[TABLE_USER_CUES] = "user_cues.tsv",
	[TABLE_NOT_USERS] = "not_users.tsv",
	[TABLE_TITLES] = "titles.tsv",
	[TABLE_CONTACT_CUES] = "contact_cues.tsv",
	[TABLE_NAME_CUES] = "name_cues.tsv",
	[TABLE_NAME_STOPS] = "name_stops.tsv",
	[TABLE_ORG_WORDS] = "org_words.tsv",
	[TABLE_OWNER_CUES] = "owner_cues.tsv",
	[TABLE_LESSON_CUES] = "lesson_cues.tsv",
	[TABLE_TOPICS] = "topics.tsv",
};

struct row {
	enum table table;
	struct view value;
	struct view language;
	double weight;
	bool hides; /* the value "-" */
};

struct term {
	uint32_t row;
	uint32_t size;     /* of the folded bytes */
	uint32_t next;     /* the next term that ends at the same node, or 0 */
	bool open_start;   /* "*term" */
	bool open_end;     /* "term*" */
	struct view exact; /* "=Term": the bytes as they must stand; else empty */
};

struct node {
	uint32_t child;   /* the first, or 0 */
	uint32_t sibling; /* the next, or 0 */
	uint32_t fail;    /* the longest proper suffix that is a node */
	uint32_t suffix;  /* the next node on the fail chain that ends a term, or 0 */
	uint32_t term;    /* the first that ends here, or 0 */
	unsigned char byte;
};

struct vocabulary {
	struct tsv *tables[TABLE_COUNT]; /* lend the rows their words */
	struct arena *arena;
	struct row *rows;
	size_t row_count;
	size_t row_capacity;
	struct term *terms; /* the first is not used: 0 is none */
	size_t term_count;
	size_t term_capacity;
	struct node *nodes; /* the first is the root */
	size_t node_count;
	size_t node_capacity;
	uint32_t first[256]; /* the root's children by byte */
	char fingerprint[SHA256_HEX_SIZE];
};

/* ---- The trie ---- */

static uint32_t
child_of(const struct vocabulary *vocabulary, uint32_t node, unsigned char byte)
{
	if (node == 0)
		return vocabulary->first[byte];
	uint32_t child = vocabulary->nodes[node].child;
	while (child && vocabulary->nodes[child].byte != byte)
		child = vocabulary->nodes[child].sibling;
	return child;
}

static uint32_t
add_child(struct vocabulary *vocabulary, uint32_t node, unsigned char byte)
{
	struct node *child = arena_push(vocabulary->arena, &vocabulary->nodes,
		&vocabulary->node_count, &vocabulary->node_capacity, sizeof(*child), NODES_MAX);
	if (!child)
		return 0;
	uint32_t index = (uint32_t)(vocabulary->node_count - 1);
	child->byte = byte;
	if (node == 0) {
		vocabulary->first[byte] = index;
	} else {
		child->sibling = vocabulary->nodes[node].child;
		vocabulary->nodes[node].child = index;
	}
	return index;
}

static bool
insert(struct vocabulary *vocabulary, struct view folded, const struct term *term)
{
	uint32_t node = 0;

	for (size_t i = 0; i < folded.size; i++) {
		unsigned char byte = (unsigned char)folded.data[i];
		uint32_t child = child_of(vocabulary, node, byte);

		node = child ? child : add_child(vocabulary, node, byte);
		if (!node)
			return false;
	}
	struct term *stored = arena_push(vocabulary->arena, &vocabulary->terms,
		&vocabulary->term_count, &vocabulary->term_capacity, sizeof(*stored), TERMS_MAX);
	if (!stored)
		return false;
	*stored = *term;
	stored->size = (uint32_t)folded.size;
	stored->next = vocabulary->nodes[node].term;
	vocabulary->nodes[node].term = (uint32_t)(vocabulary->term_count - 1);
	return true;
}

static uint32_t
step(const struct vocabulary *vocabulary, uint32_t node, unsigned char byte)
{
	uint32_t child;

	while (!(child = child_of(vocabulary, node, byte)) && node)
		node = vocabulary->nodes[node].fail;
	return child;
}

static void
link_child(struct vocabulary *vocabulary, uint32_t node, uint32_t child)
{
	struct node *target = &vocabulary->nodes[child];

	target->fail = node ? step(vocabulary, vocabulary->nodes[node].fail, target->byte) : 0;
	const struct node *fail = &vocabulary->nodes[target->fail];
	target->suffix = fail->term ? target->fail : fail->suffix;
}

/* Breadth first, so that a node's shorter suffixes are linked before it. */
static bool
link_nodes(struct vocabulary *vocabulary)
{
	uint32_t *queue =
		arena_alloc_array(vocabulary->arena, vocabulary->node_count + 1, sizeof(*queue));
	size_t head = 0, tail = 0;

	if (!queue)
		return false;
	for (size_t byte = 0; byte < 256; byte++)
		if (vocabulary->first[byte])
			queue[tail++] = vocabulary->first[byte];
	for (; head < tail; head++) {
		uint32_t node = queue[head];

		for (uint32_t child = vocabulary->nodes[node].child; child;
			child = vocabulary->nodes[child].sibling) {
			link_child(vocabulary, node, child);
			queue[tail++] = child;
		}
	}
	return true;
}

/* ---- Loading ---- */

static bool
add_term(struct vocabulary *vocabulary, size_t row, struct view words, bool *ret_empty)
{
	struct term term = {.row = (uint32_t)row};

	words = view_trim(words);
	if (words.size && words.data[0] == '=') {
		words = view_trim(view_slice(words, 1, words.size));
		term.exact = words;
	}
	if (words.size && words.data[0] == '*') {
		words = view_slice(words, 1, words.size);
		term.open_start = true;
	}
	if (words.size && words.data[words.size - 1] == '*') {
		words = view_slice(words, 0, words.size - 1);
		term.open_end = true;
	}
	struct view folded = fold_view(words, vocabulary->arena);
	*ret_empty = folded.size == 0;
	return *ret_empty || insert(vocabulary, folded, &term);
}

static bool
read_weight(const struct tsv *table, size_t row, double *ret_weight, struct error *err)
{
	struct view cell = view_trim(tsv_cell(table, row, COLUMN_WEIGHT));
	char number[32] = "", *end;

	*ret_weight = 1;
	if (cell.size == 0)
		return true;
	if (cell.size < sizeof(number))
		memcpy(number, cell.data, cell.size);
	*ret_weight = strtod(number, &end);
	if (end == number || *end)
		return tsv_error(table, row, err, "the weight is not a number");
	return true;
}

static bool
add_row(struct vocabulary *vocabulary, enum table table, size_t index, struct error *err)
{
	const struct tsv *tsv = vocabulary->tables[table];
	struct row *row = arena_push(vocabulary->arena, &vocabulary->rows, &vocabulary->row_count,
		&vocabulary->row_capacity, sizeof(*row), TSV_ROWS_MAX);
	struct view rest = tsv_cell(tsv, index, COLUMN_TERMS), term;
	bool empty = false;

	if (!row)
		return tsv_error(tsv, index, err, "the vocabularies are too large");
	row->table = table;
	row->value = view_trim(tsv_cell(tsv, index, COLUMN_VALUE));
	row->language = view_trim(tsv_cell(tsv, index, COLUMN_LANGUAGE));
	row->hides = view_equal(row->value, VIEW("-"));
	if (row->value.size == 0)
		return tsv_error(tsv, index, err, "the value is missing");
	if (!read_weight(tsv, index, &row->weight, err))
		return false;
	while (view_next_field(&rest, ';', &term)) {
		if (!add_term(vocabulary, vocabulary->row_count - 1, term, &empty))
			return tsv_error(tsv, index, err, "the vocabularies are too large");
		if (empty)
			return tsv_error(tsv, index, err, "a term is empty");
	}
	return true;
}

static bool
load_table(struct vocabulary *vocabulary, enum table table, const struct tsv_folders *folders,
	struct digest *digest, struct error *err)
{
	if (!tsv_load(
		    &vocabulary->tables[table], folders, files[table], columns, COLUMN_COUNT, err))
		return false;
	tsv_digest(vocabulary->tables[table], digest);
	for (size_t row = 0; row < tsv_row_count(vocabulary->tables[table]); row++)
		if (!add_row(vocabulary, table, row, err))
			return false;
	return true;
}

static bool
load_tables(struct vocabulary *vocabulary, const struct tsv_folders *folders, struct error *err)
{
	struct digest *digest = digest_start();
	uint8_t sum[SHA256_SIZE];
	bool fine = true;

	for (size_t table = 0; table < TABLE_COUNT && fine; table++)
		fine = load_table(vocabulary, (enum table)table, folders, digest, err);
	digest_finish(digest, sum);
	digest_to_hex(sum, vocabulary->fingerprint);
	return fine;
}

bool
vocabulary_load(
	struct vocabulary **ret_vocabulary, const struct tsv_folders *folders, struct error *err)
{
	CLEANUP(vocabulary_freep)
	struct vocabulary *vocabulary = calloc(1, sizeof(*vocabulary));

	if (!vocabulary)
		abort();
	vocabulary->arena = arena_new(VOCABULARY_BYTES_MAX);
	if (!arena_push(vocabulary->arena, &vocabulary->nodes, &vocabulary->node_count,
		    &vocabulary->node_capacity, sizeof(struct node), NODES_MAX) ||
		!arena_push(vocabulary->arena, &vocabulary->terms, &vocabulary->term_count,
			&vocabulary->term_capacity, sizeof(struct term), TERMS_MAX))
		return error_set(err, ERROR_PROGRAM, "no memory for the vocabularies");
	if (!load_tables(vocabulary, folders, err))
		return false;
	if (!link_nodes(vocabulary))
		return error_set(err, ERROR_PROGRAM, "no memory for the vocabularies");
	*ret_vocabulary = TAKE(vocabulary);
	return true;
}

void
vocabulary_free(struct vocabulary *vocabulary)
{
	if (!vocabulary)
		return;
	for (size_t i = 0; i < TABLE_COUNT; i++)
		tsv_free(vocabulary->tables[i]);
	arena_free(vocabulary->arena);
	free(vocabulary);
}

const char *
vocabulary_fingerprint(const struct vocabulary *vocabulary)
{
	return vocabulary->fingerprint;
}

/* ---- Searching ---- */

struct search {
	const struct vocabulary *vocabulary;
	struct view text;
	struct folded folded;
	struct arena *arena;
	struct hit *hits;
	size_t count;
	size_t capacity;
};

static bool
is_word_at(const struct folded *folded, size_t at)
{
	return at < folded->text.size && fold_is_word((unsigned char)folded->text.data[at]);
}

/* Moves the borders out to those of the word; false if it is longer than words are. */
static bool
widen_to_word(const struct folded *folded, bool to_start, bool to_end, size_t *start, size_t *end)
{
	size_t low = *start, high = *end;

	while (to_start && low > 0 && is_word_at(folded, low - 1) && *start - low < WORD_BYTES_MAX)
		low--;
	while (to_end && is_word_at(folded, high) && high - *end < WORD_BYTES_MAX)
		high++;
	if (*start - low == WORD_BYTES_MAX || high - *end == WORD_BYTES_MAX)
		return false;
	*start = low;
	*end = high;
	return true;
}

/* Where the term's words begin and end in folded bytes, if the borders of words allow it. */
static bool
find_borders(const struct folded *folded, const struct term *term, size_t *start, size_t *end)
{
	bool splits_start =
		*start > 0 && is_word_at(folded, *start) && is_word_at(folded, *start - 1);
	bool splits_end = is_word_at(folded, *end - 1) && is_word_at(folded, *end);

	if ((splits_start && !term->open_start) || (splits_end && !term->open_end))
		return false;
	return widen_to_word(folded, splits_start, splits_end, start, end);
}

static bool
stands_exactly(struct view text, struct view exact, size_t start)
{
	if (exact.data[0] == '*' || exact.data[exact.size - 1] == '*')
		return view_find(view_slice(text, start, text.size), view_trim(exact), 0) == 0;
	return view_equal(view_slice(text, start, start + exact.size), exact);
}

static bool
report(struct search *search, const struct term *term, size_t folded_end)
{
	size_t start = folded_end - term->size, end = folded_end;

	if (!find_borders(&search->folded, term, &start, &end))
		return true;
	const struct row *row = &search->vocabulary->rows[term->row];
	size_t from = search->folded.from[start];
	if (term->exact.size && !stands_exactly(search->text, term->exact, from))
		return true;
	struct hit *hit = arena_push(search->arena, &search->hits, &search->count,
		&search->capacity, sizeof(*hit), HITS_MAX);
	if (!hit)
		return !arena_is_full(search->arena);
	*hit = (struct hit){.table = row->table,
		.row = term->row,
		.value = row->value,
		.language = row->language,
		.weight = row->weight,
		.start = from,
		.end = search->folded.from[end]};
	return true;
}

static bool
report_all(struct search *search, uint32_t node, size_t folded_end)
{
	const struct vocabulary *vocabulary = search->vocabulary;

	if (!vocabulary->nodes[node].term)
		node = vocabulary->nodes[node].suffix;
	for (; node; node = vocabulary->nodes[node].suffix)
		for (uint32_t term = vocabulary->nodes[node].term; term;
			term = vocabulary->terms[term].next)
			if (!report(search, &vocabulary->terms[term], folded_end))
				return false;
	return true;
}

/* By start, then table, the longer first: what lies within another comes after it. */
static bool
comes_before(const struct hit *a, const struct hit *b)
{
	if (a->start != b->start)
		return a->start < b->start;
	if (a->table != b->table)
		return a->table < b->table;
	return a->end != b->end ? a->end > b->end : a->row < b->row;
}

/* Hits come by their ends, so each is at most a few places from where it belongs: a term and a
 * word are short. Sorting by insertion is linear then. */
static void
sort_by_start(struct hit *hits, size_t count)
{
	for (size_t i = 1; i < count; i++) {
		struct hit hit = hits[i];
		size_t at = i;

		for (; at > 0 && comes_before(&hit, &hits[at - 1]); at--)
			hits[at] = hits[at - 1];
		hits[at] = hit;
	}
}

/* Cues of different kinds live in one text: "do not" is a denial and holds a negation. */
static bool
is_layered(enum table table)
{
	return table == TABLE_CUES || table == TABLE_CLASSES;
}

static bool
is_hidden(const struct vocabulary *vocabulary, const struct hit *hit, const struct hit *last)
{
	if (!last || last->table != hit->table || hit->end > last->end)
		return false;
	if (is_layered(hit->table) && !vocabulary->rows[last->row].hides &&
		!view_equal(hit->value, last->value))
		return false;
	bool same_place = hit->start == last->start && hit->end == last->end;
	return !same_place ||
	       (view_equal(hit->value, last->value) && view_equal(hit->language, last->language));
}

static void
drop_hidden(struct search *search)
{
	const struct vocabulary *vocabulary = search->vocabulary;
	struct hit last[TABLE_COUNT];
	bool seen[TABLE_COUNT] = {false};
	size_t kept = 0;

	sort_by_start(search->hits, search->count);
	for (size_t i = 0; i < search->count; i++) {
		struct hit hit = search->hits[i];

		if (is_hidden(vocabulary, &hit, seen[hit.table] ? &last[hit.table] : NULL))
			continue;
		last[hit.table] = hit;
		seen[hit.table] = true;
		if (!vocabulary->rows[hit.row].hides)
			search->hits[kept++] = hit;
	}
	search->count = kept;
}

bool
vocabulary_search(const struct vocabulary *vocabulary, struct view text, struct arena *arena,
	struct hit **ret_hits, size_t *ret_count, struct error *err)
{
	struct search search = {.vocabulary = vocabulary, .text = text, .arena = arena};
	uint32_t node = 0;

	if (!fold_text(text, arena, &search.folded))
		return error_set(err, ERROR_MESSAGE, "the text is too large to be understood");
	for (size_t i = 0; i < search.folded.text.size; i++) {
		node = step(vocabulary, node, (unsigned char)search.folded.text.data[i]);
		if (node && !report_all(&search, node, i + 1))
			return error_set(
				err, ERROR_MESSAGE, "the text is too large to be understood");
	}
	if (search.count)
		drop_hidden(&search);
	*ret_hits = search.hits;
	*ret_count = search.count;
	return true;
}
