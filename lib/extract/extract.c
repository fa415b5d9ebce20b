/*~
 * Understanding a message, from top to bottom: the document as structure, its class, the names in
 * it, which sentence tells of which case, what each finder proposes, and what of it is said. Runs
 * in the sandboxed worker, right behind lib/read; what comes out goes to lib/casebook.
 */
#include "extract/extract.h"

#include <stdlib.h>

#include "extract/candidate.h"
#include "extract/classify.h"
#include "extract/resolve.h"
#include "extract/split.h"

struct extractor {
	struct vocabulary *vocabulary;
	struct shapes *shapes;
	struct class_model *classes;
	struct view *owners;
	size_t owner_count;
	char fingerprint[SHA256_HEX_SIZE];
};

static const char *const class_names[CLASS_COUNT] = {"submission", "lead", "question", "reply",
	"auto_reply", "bounce", "newsletter", "spam", "other"};

static const char *const field_names[FIELD_COUNT] = {"category", "testimony", "project_name",
	"country", "level", "organisation", "partners", "sector", "platform", "network", "stage",
	"users", "started", "launched", "expected", "ended", "reasons", "lessons", "links",
	"contact_name", "contact_email", "confidentiality"};

/* Each looks through the whole document; the order does not matter. */
static finder *const finders[] = {
	find_countries,
	find_levels,
	find_organisations,
	find_sectors,
	find_platforms,
	find_networks,
	find_stages,
	find_users,
	find_dates,
	find_reasons,
	find_lessons,
	find_links,
	find_contacts,
	find_confidentiality,
};

const char *message_class_name(enum message_class class)
{
	return (unsigned)class < CLASS_COUNT ? class_names[class] : NULL;
}

const char *
field_name(enum field field)
{
	return (unsigned)field < FIELD_COUNT ? field_names[field] : NULL;
}

bool
message_class_from_name(struct view name, enum message_class *ret_class)
{
	for (size_t i = 0; i < CLASS_COUNT; i++)
		if (view_equal(name, view_of(class_names[i]))) {
			*ret_class = (enum message_class)i;
			return true;
		}
	return false;
}

bool
field_from_name(struct view name, enum field *ret_field)
{
	for (size_t i = 0; i < FIELD_COUNT; i++)
		if (view_equal(name, view_of(field_names[i]))) {
			*ret_field = (enum field)i;
			return true;
		}
	return false;
}

bool
field_is_set(enum field field)
{
	return field == FIELD_COUNTRY || field == FIELD_PARTNERS || field == FIELD_SECTOR ||
	       field == FIELD_PLATFORM || field == FIELD_NETWORK || field == FIELD_REASONS ||
	       field == FIELD_LESSONS || field == FIELD_LINKS;
}

/* ---- The extractor ---- */

static void
copy_owners(struct extractor *extractor, const struct extract_options *options)
{
	extractor->owners = calloc(options->owner_count + 1, sizeof(*extractor->owners));
	if (!extractor->owners)
		abort();
	for (size_t i = 0; i < options->owner_count; i++) {
		char *copy = strndup(options->owners[i].data, options->owners[i].size);

		if (!copy)
			abort();
		extractor->owners[extractor->owner_count++] = view_of(copy);
	}
}

static void
set_fingerprint(struct extractor *extractor)
{
	struct digest *digest = digest_start();
	uint8_t sum[SHA256_SIZE];

	digest_update(digest, view_of(vocabulary_fingerprint(extractor->vocabulary)));
	class_model_digest(extractor->classes, digest);
	digest_finish(digest, sum);
	digest_to_hex(sum, extractor->fingerprint);
}

bool
extractor_new(
	struct extractor **ret_extractor, const struct extract_options *options, struct error *err)
{
	const struct tsv_folders folders = {options->vocabulary, options->extra_vocabulary};
	CLEANUP(extractor_freep) struct extractor *extractor = calloc(1, sizeof(*extractor));

	if (!extractor)
		abort();
	copy_owners(extractor, options);
	if (!vocabulary_load(&extractor->vocabulary, &folders, err) ||
		!class_model_load(&extractor->classes, &folders, err) ||
		!shapes_new(&extractor->shapes, err))
		return false;
	set_fingerprint(extractor);
	*ret_extractor = TAKE(extractor);
	return true;
}

void
extractor_free(struct extractor *extractor)
{
	if (!extractor)
		return;
	for (size_t i = 0; i < extractor->owner_count; i++) {
		char *copy;

		memcpy(&copy, &extractor->owners[i].data, sizeof(copy)); /* ours: made by strndup */
		free(copy);
	}
	free(extractor->owners);
	vocabulary_free(extractor->vocabulary);
	class_model_free(extractor->classes);
	shapes_free(extractor->shapes);
	free(extractor);
}

const char *
extractor_fingerprint(const struct extractor *extractor)
{
	return extractor->fingerprint;
}

/* ---- A message ---- */

static bool
find_all(const struct document *document, struct candidates *candidates, struct error *err)
{
	for (size_t i = 0; i < sizeof(finders) / sizeof(*finders); i++)
		if (!finders[i](document, candidates, err))
			return false;
	return true;
}

bool
extract_mail(const struct extractor *extractor, const struct mail *mail, struct arena *arena,
	struct extraction *ret_extraction, struct error *err)
{
	struct document document;
	struct candidates candidates = {.arena = arena};
	struct extraction extraction = {0};

	if (!document_build(&document, mail, extractor->vocabulary, extractor->shapes, arena, err))
		return false;
	document.owners = extractor->owners;
	document.owner_count = extractor->owner_count;
	if (!find_project_names(&document, &candidates, err))
		return false;
	struct verdict verdict = classify(extractor->classes, &document, &candidates);
	extraction.class = verdict.class;
	extraction.class_confidence = verdict.confidence;
	extraction.class_reason = verdict.reason;
	if (verdict.class == CLASS_SUBMISSION || verdict.class == CLASS_LEAD) {
		if (!split_cases(&document, &candidates, err) ||
			!find_all(&document, &candidates, err) ||
			!resolve_cases(&document, &candidates, verdict.class, &extraction.mentions,
				&extraction.mention_count, err))
			return false;
	}
	*ret_extraction = extraction;
	return true;
}
