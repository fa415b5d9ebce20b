/*
 * Two accounts, one case? Points as a careful reader would give them: a shared name nearly
 * decides, another name or another country nearly forbids, a reply in the thread by the same
 * person is as good as a name. Another name weighs more than thread, sender, organisation,
 * country, sector and platform together: an agency writes of its second project as of its first.
 */
#include "casebook/alike.h"

static const double NAME_SAME = 4, NAME_OTHER = -6;
static const double ORGANISATION_SAME = 2, ORGANISATION_OTHER = -1;
static const double COUNTRY_SHARED = 0.5, COUNTRY_OTHER = -3;
static const double SECTOR_SHARED = 1, SECTOR_OTHER = -1;
static const double PLATFORM_SHARED = 1, PLATFORM_OTHER = -1;
static const double LINK_SHARED = 3;
static const double THREAD_SAME = 2.5, SENDER_SAME = 1.5;
static const double ONE_OF_SEVERAL = -1.5; /* an unnamed follow-up to a mail about several cases */

static void
add_trait(struct trait_set *set, struct view value)
{
	if (value.data && set->count < TRAITS_SET_MAX)
		set->values[set->count++] = value;
}

static void
take_value(struct traits *traits, struct view field, struct view value, struct arena *arena)
{
	if (view_equal(field, VIEW("project_name")))
		name_fold(value, arena, &traits->project);
	else if (view_equal(field, VIEW("organisation")))
		name_fold(value, arena, &traits->organisation);
	else if (view_equal(field, VIEW("country")))
		add_trait(&traits->countries, arena_copy(arena, value));
	else if (view_equal(field, VIEW("sector")))
		add_trait(&traits->sectors, arena_copy(arena, value));
	else if (view_equal(field, VIEW("platform")))
		add_trait(&traits->platforms, arena_copy(arena, value));
	else if (view_equal(field, VIEW("links")))
		add_trait(&traits->links, arena_copy(arena, value));
}

static bool
load_place(struct db *db, struct view mention, struct arena *arena, struct traits *traits,
	struct error *err)
{
	struct statement *row = db_use(db, "mention_read");
	enum db_step step;

	db_bind_text(row, ":mention", mention);
	step = db_next(row, err);
	if (step == DB_FAILED)
		return false;
	if (step == DB_DONE)
		return error_set(err, ERROR_PROGRAM, "a mention has vanished");
	*traits = (struct traits){
		.id = arena_copy(arena, db_text(row, "id")),
		.message = db_int(row, "message"),
		.thread = db_int(row, "thread"),
		.ordinal = db_int(row, "ordinal"),
		.siblings = db_int(row, "siblings"),
		.case_id = arena_copy(arena, db_text(row, "case_id")),
		.sender = arena_copy(arena, db_text(row, "from_address")),
	};
	db_reset(row);
	return true;
}

bool
traits_load(struct db *db, struct view mention, struct arena *arena, struct traits *ret_traits,
	struct error *err)
{
	struct statement *row;
	enum db_step step;

	if (!load_place(db, mention, arena, ret_traits, err))
		return false;
	row = db_use(db, "mention_values");
	db_bind_text(row, ":mention", mention);
	while ((step = db_next(row, err)) == DB_ROW)
		take_value(ret_traits, db_text(row, "field"), db_text(row, "value"), arena);
	return step == DB_DONE;
}

static bool
overlaps(const struct trait_set *a, const struct trait_set *b)
{
	for (size_t i = 0; i < a->count; i++)
		for (size_t j = 0; j < b->count; j++)
			if (view_equal_nocase(a->values[i], b->values[j]))
				return true;
	return false;
}

static double
compare_sets(const struct trait_set *a, const struct trait_set *b, double shared, double other)
{
	if (a->count == 0 || b->count == 0)
		return 0;
	return overlaps(a, b) ? shared : other;
}

static double
compare_names(const struct name *a, const struct name *b, double same, double other)
{
	if (a->count == 0 || b->count == 0)
		return 0;
	return name_same(a, b) ? same : other;
}

double
traits_compare(const struct traits *a, const struct traits *b)
{
	double points, name;

	if (a->message == b->message)
		return -1; /* one message tells of a case once */
	name = compare_names(&a->project, &b->project, NAME_SAME, NAME_OTHER);
	points = name;
	points += compare_names(
		&a->organisation, &b->organisation, ORGANISATION_SAME, ORGANISATION_OTHER);
	points += compare_sets(&a->countries, &b->countries, COUNTRY_SHARED, COUNTRY_OTHER);
	points += compare_sets(&a->sectors, &b->sectors, SECTOR_SHARED, SECTOR_OTHER);
	points += compare_sets(&a->platforms, &b->platforms, PLATFORM_SHARED, PLATFORM_OTHER);
	points += compare_sets(&a->links, &b->links, LINK_SHARED, 0);
	if (a->thread == b->thread)
		points += THREAD_SAME;
	if (a->sender.size > 0 && view_equal_nocase(a->sender, b->sender))
		points += SENDER_SAME;
	if (name <= 0 && (a->siblings > 1 || b->siblings > 1))
		points += ONE_OF_SEVERAL;
	return points;
}
