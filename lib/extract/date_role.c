/*
 * What a date is the date of: started, launched, expected or ended. The words around it decide
 * (events.tsv): the nearest verb or noun that can be dated, the trial as its subject, the side of
 * the message's date on which it lies, and the tense and mood of its clause (cues.tsv).
 */
#include "extract/date.h"

#include "extract/candidate.h"

enum event {
	EVENT_NONE,
	EVENT_START,
	EVENT_LAUNCH,
	EVENT_USE,
	EVENT_FIRST,
	EVENT_END,
	EVENT_PLAN,
	EVENT_MOVED,
	EVENT_PILOT,
	EVENT_HOLD
};
enum { EVENT_COUNT = EVENT_HOLD + 1 };

static const char *const event_values[EVENT_COUNT] = {
	[EVENT_NONE] = "none",
	[EVENT_START] = "start",
	[EVENT_LAUNCH] = "launch",
	[EVENT_USE] = "use",
	[EVENT_FIRST] = "first",
	[EVENT_END] = "end",
	[EVENT_PLAN] = "plan",
	[EVENT_MOVED] = "moved",
	[EVENT_PILOT] = "pilot",
	[EVENT_HOLD] = "hold",
};

/* How far a word may stand from the date it dates, in bytes, counting breaks as below. */
enum {
	REACH = 150,
	CLAUSE_COST = 35,
	DATE_COST = 60,
	BEHIND_COST = 8,
	NOT_NEAR = 1 << 20,
	DENIAL_REACH = 28,
	SERVICE_REACH = 20
};

/* The events near one date: the distance of the nearest one of each kind. */
struct surroundings {
	int distance[EVENT_COUNT];
	const struct hit *words[EVENT_COUNT];
	unsigned context;
	enum date_lead lead;
	int side;
};

struct role {
	enum field field;
	double score; /* 0: the date says nothing of ours */
};

static enum event
event_of(const struct hit *hit)
{
	if (hit->table != TABLE_EVENTS)
		return EVENT_NONE;
	for (int event = EVENT_START; event < EVENT_COUNT; event++)
		if (view_equal(hit->value, view_of(event_values[event])))
			return (enum event)event;
	return EVENT_NONE;
}

static int
breaks_between(
	const struct document *document, const struct sentence *sentence, size_t start, size_t end)
{
	const struct clause *from = clause_at(document, sentence, start);
	const struct clause *to = clause_at(document, sentence, end);
	return (int)(to > from ? to - from : from - to);
}

static int
dates_between(const struct date_found *dates, size_t count, size_t start, size_t end)
{
	int between = 0;
	for (size_t i = 0; i < count; i++)
		between += dates[i].start >= start && dates[i].end <= end;
	return between;
}

static int
distance_to(const struct document *document, const struct sentence *sentence, const struct hit *hit,
	const struct date_found *dates, size_t count, size_t which)
{
	const struct date_found *date = &dates[which];
	bool is_before = hit->end <= date->start;
	size_t start = is_before ? hit->end : date->end;
	size_t end = is_before ? date->start : hit->start;
	if (hit->start < date->end && date->start < hit->end)
		return 0;
	size_t gap = end - start;
	if (gap > REACH)
		return NOT_NEAR;
	return (int)gap + (is_before ? 0 : BEHIND_COST) +
	       CLAUSE_COST * breaks_between(document, sentence, hit->start, date->start) +
	       DATE_COST * dates_between(dates, count, start, end);
}

static struct surroundings
look_around(struct tongue *tongue, const struct sentence *sentence, const struct date_found *dates,
	size_t count, size_t which)
{
	const struct document *document = tongue->document;
	struct surroundings around = {.lead = dates[which].lead};
	const struct hit *hits = sentence_hits(document, sentence);
	for (int event = 0; event < EVENT_COUNT; event++)
		around.distance[event] = NOT_NEAR;
	for (size_t i = 0; i < sentence->hit_count; i++) {
		enum event event = event_of(&hits[i]);
		if (event == EVENT_NONE || !tongue_speaks(tongue, sentence, &hits[i]))
			continue;
		int distance = distance_to(document, sentence, &hits[i], dates, count, which);
		if (distance < around.distance[event]) {
			around.distance[event] = distance;
			around.words[event] = &hits[i];
		}
	}
	around.context = context_at(document, sentence, dates[which].start);
	around.side = date_side(document, dates[which].date);
	return around;
}

static bool
is_ahead(const struct surroundings *around)
{
	return around->side > 0 || (around->side == 0 && (around->context & CONTEXT_PLANNED));
}

static enum event
nearest(const struct surroundings *around)
{
	static const enum event order[] = {EVENT_MOVED, EVENT_LAUNCH, EVENT_END, EVENT_START,
		EVENT_HOLD, EVENT_PILOT, EVENT_FIRST, EVENT_USE, EVENT_PLAN};
	enum event best = EVENT_NONE;
	int best_distance = REACH;
	for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++)
		/* "wird genutzt", "was to be": the words of a plan date nothing that is past */
		if (around->distance[order[i]] < best_distance &&
			(order[i] != EVENT_PLAN || is_ahead(around))) {
			best = order[i];
			best_distance = around->distance[order[i]];
		}
	/* "is planned to go live in May", "the first pilot began": the verb, not what leads to it
	 */
	if (best == EVENT_PLAN || best == EVENT_FIRST || best == EVENT_PILOT || best == EVENT_USE)
		for (enum event event = EVENT_START; event <= EVENT_END; event++)
			if ((event == EVENT_START || event == EVENT_LAUNCH || event == EVENT_END) &&
				around->distance[event] < best_distance + 45 &&
				around->distance[event] < REACH)
				return event;
	return best;
}

static bool
is_pilot(const struct surroundings *around, enum event event)
{
	int reach = around->distance[event] + 40;
	return around->distance[EVENT_PILOT] < reach && around->distance[EVENT_PILOT] < REACH;
}

static struct role
role_of_launch(const struct surroundings *around, enum event event)
{
	if (is_ahead(around))
		return is_pilot(around, event) ? (struct role){FIELD_EXPECTED, 0.3}
					       : (struct role){FIELD_EXPECTED, 0.85};
	if (around->context & CONTEXT_PLANNED)
		return (struct role){FIELD_EXPECTED, 0};
	return is_pilot(around, event) ? (struct role){FIELD_STARTED, 0.65}
				       : (struct role){FIELD_LAUNCHED, 0.85};
}

/* "began issuing it", "started regular operation": what begins is the service. */
static bool
begins_service(const struct surroundings *around, const struct date_found *date)
{
	const struct hit *start = around->words[EVENT_START];
	const enum event services[] = {EVENT_LAUNCH, EVENT_USE};
	for (size_t i = 0; i < sizeof(services) / sizeof(services[0]); i++) {
		const struct hit *service = around->words[services[i]];
		bool is_behind = start && service && service->start >= start->end &&
				 service->start <= start->end + SERVICE_REACH;
		if (is_behind && (service->end <= date->start) == (start->end <= date->start))
			return true;
	}
	return false;
}

static struct role
role_of_start(const struct surroundings *around, const struct date_found *date)
{
	if (begins_service(around, date) && !is_pilot(around, EVENT_START))
		return role_of_launch(around, EVENT_LAUNCH);
	if (is_ahead(around))
		return (struct role){FIELD_EXPECTED, is_pilot(around, EVENT_START) ? 0.2 : 0.6};
	if (around->context & CONTEXT_PLANNED)
		return (struct role){FIELD_STARTED, 0.3};
	return (struct role){FIELD_STARTED, 0.85};
}

static struct role
role_of_trial(const struct surroundings *around, const struct date_found *date)
{
	if (is_ahead(around) || (date->ends_range && !date->begins_range) ||
		around->lead == LEAD_UNTIL)
		return (struct role){FIELD_STARTED, 0};
	return (struct role){FIELD_STARTED, around->lead == LEAD_SINCE ? 0.85 : 0.65};
}

/* "never went live in 2019", "did not start": a denial shortly before the word of the event. "Not
 * before May" and "not until May" tell the date all the same. */
static bool
is_denied(struct tongue *tongue, const struct sentence *sentence, const struct hit *event,
	enum date_lead lead)
{
	if (!event || lead == LEAD_BY || lead == LEAD_UNTIL)
		return false;
	size_t from = event->start > sentence->start + DENIAL_REACH ? event->start - DENIAL_REACH
								    : sentence->start;
	const struct clause *clause = clause_at(tongue->document, sentence, event->start);
	return tongue_hit(tongue, sentence, TABLE_CUES, "negation",
		from > clause->start ? from : clause->start, event->start);
}

/* Not told as a fact of this project: what was dropped still gives the date it was moved to, and a
 * condition leaves a plan a plan. */
static bool
is_unreal(const struct surroundings *around, enum event event)
{
	unsigned unreal = CONTEXT_QUESTION | CONTEXT_COMPARISON | CONTEXT_OTHERS;
	if (event != EVENT_MOVED)
		unreal |= CONTEXT_DROPPED;
	if (around->side <= 0)
		unreal |= CONTEXT_HYPOTHETICAL;
	return around->context & unreal;
}

static struct role
role_of(struct tongue *tongue, const struct sentence *sentence, const struct surroundings *around,
	const struct date_found *date)
{
	enum event event = nearest(around);
	const struct role none = {FIELD_STARTED, 0};
	if (is_unreal(around, event) ||
		is_denied(tongue, sentence, around->words[event], around->lead))
		return none;
	switch (event) {
	case EVENT_LAUNCH:
		return role_of_launch(around, event);
	case EVENT_START:
		return role_of_start(around, date);
	case EVENT_END:
		return is_ahead(around)
			       ? none
			       : (struct role){FIELD_ENDED, is_pilot(around, event) ? 0.65 : 0.85};
	case EVENT_PLAN:
		return is_ahead(around)
			       ? (struct role){FIELD_EXPECTED, is_pilot(around, event) ? 0.25 : 0.6}
			       : none;
	case EVENT_MOVED:
		return around->side >= 0 ? (struct role){FIELD_EXPECTED, 0.88} : none;
	case EVENT_PILOT:
		return role_of_trial(around, date);
	case EVENT_USE:
		if (around->side > 0 ||
			(around->lead != LEAD_SINCE && around->distance[EVENT_FIRST] > REACH))
			return none;
		return (struct role){is_pilot(around, event) ? FIELD_STARTED : FIELD_LAUNCHED, 0.7};
	case EVENT_FIRST:
		if (is_ahead(around))
			return none;
		return (struct role){
			is_pilot(around, event) ? FIELD_STARTED : FIELD_LAUNCHED, 0.55};
	case EVENT_HOLD:
		return none;
	case EVENT_NONE:
		break;
	}
	return (struct role){
		FIELD_STARTED, around->lead == LEAD_SINCE && around->side < 0 ? 0.3 : 0};
}

/* A row or line whose label names the field. */
static struct role
role_of_label(const struct document *document, const struct block *block, struct date date)
{
	enum field field = (enum field)block->label_field;
	int side = date_side(document, date);
	if (field == FIELD_LAUNCHED && side > 0)
		field = FIELD_EXPECTED;
	return (struct role){field, 0.93};
}

static bool
is_date_label(const struct block *block)
{
	return block->label_field >= FIELD_STARTED && block->label_field <= FIELD_ENDED;
}

static bool
may_hold_date(const struct document *document, const struct sentence *sentence)
{
	struct view text = sentence_text(document, sentence);
	const struct hit *hits = sentence_hits(document, sentence);
	for (size_t i = 0; i < text.size; i++)
		if (text.data[i] >= '0' && text.data[i] <= '9')
			return true;
	for (size_t i = 0; i < sentence->hit_count; i++)
		if (hits[i].table == TABLE_MONTHS || hits[i].table == TABLE_SEASONS ||
			hits[i].table == TABLE_RELATIVE_DATES)
			return true;
	return false;
}

static bool
find_in_sentence(struct tongue *tongue, const struct sentence *sentence,
	struct candidates *candidates, struct error *err)
{
	const struct document *document = tongue->document;
	const struct block *block = &document->blocks[sentence->block];
	struct date_found *dates = NULL;
	size_t count = 0;
	if (!dates_read(tongue, sentence, &dates, &count, err))
		return false;
	for (size_t i = 0; i < count; i++) {
		const struct date_found *found = &dates[i];
		struct surroundings around = look_around(tongue, sentence, dates, count, i);
		bool is_label = is_date_label(block) &&
				(&document->sentences[block->first_sentence] == sentence ||
					nearest(&around) == EVENT_NONE);
		struct role role = is_label ? role_of_label(document, block, found->date)
					    : role_of(tongue, sentence, &around, found);
		if (role.score <= 0)
			continue;
		const struct candidate candidate = {.field = role.field,
			.value = date_text(found->date, document->arena),
			.sentence = (size_t)(sentence - document->sentences),
			.start = found->start,
			.end = found->end,
			.method = is_label ? METHOD_LABEL : METHOD_PATTERN,
			.score = role.score};
		if (!candidate.value.data)
			return error_set(err, ERROR_MESSAGE, "too many dates for the limits");
		if (!candidate_add(candidates, document, &candidate, err))
			return false;
	}
	return true;
}

/* Does one value stand before the other in time? They sort as text up to where one is exact. */
static bool
is_before(struct view a, struct view b)
{
	size_t size = a.size < b.size ? a.size : b.size;
	return view_compare(view_slice(a, 0, size), view_slice(b, 0, size)) < 0;
}

/* Of several beginnings of one case the earliest is the one, of several ends the last. */
static void
prefer(struct candidates *candidates, size_t first, enum field field, bool earliest)
{
	for (size_t i = first; i < candidates->count; i++) {
		struct candidate *one = &candidates->items[i];
		if (one->field != field)
			continue;
		for (size_t j = first; j < candidates->count && j < first + 64; j++) {
			struct candidate *other = &candidates->items[j];
			bool beats = earliest ? is_before(other->value, one->value)
					      : is_before(one->value, other->value);
			if (other->field == field && other->case_index == one->case_index &&
				other->score >= 0.6 && one->score < 0.9 && beats) {
				one->score *= 0.8;
				break;
			}
		}
	}
}

bool
find_dates(const struct document *document, struct candidates *candidates, struct error *err)
{
	struct tongue tongue = tongue_new(document);
	size_t first = candidates->count;
	for (size_t i = 0; i < document->sentence_count; i++) {
		const struct sentence *sentence = &document->sentences[i];
		if (!sentence->asserts || !may_hold_date(document, sentence))
			continue;
		if (!find_in_sentence(&tongue, sentence, candidates, err))
			return false;
	}
	prefer(candidates, first, FIELD_STARTED, true);
	prefer(candidates, first, FIELD_LAUNCHED, true);
	prefer(candidates, first, FIELD_ENDED, false);
	return true;
}
