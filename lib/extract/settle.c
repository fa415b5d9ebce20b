/*
 * Stage and category of a case, decided together: what was asserted (live, a pilot, stopped), what
 * is dated (a launch, an expected launch, an end) and what speaks for a category ("never went
 * live") must agree. The guide: a service that ran for real stays implemented even if stopped; one
 * that never got there is a lesson; one with a date ahead is upcoming.
 */
#include "extract/resolve.h"

#include "extract/score.h"

/* Told with some force: a stage that was reached, a stop, a hold. */
static const double told_min = 0.3;
/* A stage that ran for real though it was stopped later. */
static const double ran_min = 0.7;
/* Below this nothing speaks for any category. */
static const double unknown_below = 0.08;

struct evidence_of_status {
	double live;
	double stopped;
	double held;
	double lessons;
	double not_live;
	double upcoming;
	double implemented;
	double running;
	double launched;
	double expected;
	double ended;
	double users;
	double trial;   /* pilot, prototype, proof of concept */
	double reasons; /* that something was hard */
};

const struct group *
group_of(const struct groups *groups, const char *value)
{
	for (size_t i = 0; i < groups->count; i++)
		if (view_equal(groups->items[i].value, view_of(value)))
			return &groups->items[i];
	return NULL;
}

static double
score_of(const struct groups *groups, const char *value)
{
	const struct group *group = group_of(groups, value);
	return group ? group->score : 0;
}

static double
best_score(const struct groups *groups)
{
	return groups->count ? groups->items[0].score : 0;
}

static struct evidence_of_status
weigh(const struct groups *groups)
{
	const struct groups *stages = &groups[FIELD_STAGE], *signals = &groups[FIELD_CATEGORY];
	struct evidence_of_status weighed = {
		.live = score_of(stages, "production"),
		.stopped = score_of(stages, "discontinued"),
		.held = score_of(stages, "on_hold"),
		.lessons = score_of(signals, "lessons"),
		.not_live = score_or(score_of(signals, "not_live"), score_of(signals, "no_users")),
		.upcoming = score_of(signals, "upcoming"),
		.implemented = score_of(signals, "implemented"),
		.running = score_of(signals, "running"),
		.launched = best_score(&groups[FIELD_LAUNCHED]),
		.expected = best_score(&groups[FIELD_EXPECTED]),
		.ended = best_score(&groups[FIELD_ENDED]),
		.users = best_score(&groups[FIELD_USERS]),
		.reasons = best_score(&groups[FIELD_REASONS]),
	};

	weighed.trial = score_or(score_of(stages, "pilot"),
		score_or(score_of(stages, "prototype"), score_of(stages, "proof_of_concept")));
	return weighed;
}

/* The stage that a trial reached: the furthest that is told with some force. */
static const char *
reached(const struct groups *stages)
{
	static const char *const order[] = {"pilot", "prototype", "proof_of_concept", "idea"};

	for (size_t i = 0; i < sizeof(order) / sizeof(*order); i++)
		if (score_of(stages, order[i]) >= told_min)
			return order[i];
	return NULL;
}

struct choice {
	const char *category;
	const char *stage;
	double score;
};

/* How much speaks for each category; the weights are from the rules part of the corpus. */
struct pleas {
	double lessons;
	double upcoming;
	double implemented;
	double in_progress;
	double stopped;
};

static struct pleas
plead(const struct evidence_of_status *e)
{
	struct pleas pleas;
	double ahead = score_or(e->expected * 0.85, e->upcoming * 0.55);
	double live = score_or(e->live, score_or(e->launched * 0.7, e->implemented * 0.3));

	live = score_or(live, e->users * (1 - e->trial) * 0.3);

	pleas.stopped = score_or(score_or(e->stopped, e->held), e->ended * 0.6);
	pleas.lessons = score_or(score_or(pleas.stopped * 0.9, e->lessons * 0.85),
		score_or(e->not_live * 0.45, e->reasons * 0.1));
	pleas.lessons *= 1 - 0.5 * e->expected;
	pleas.implemented = live * (1 - 0.45 * e->not_live) * (1 - 0.5 * e->lessons) *
			    (1 - 0.45 * pleas.stopped);
	pleas.upcoming = ahead * (1 - 0.5 * e->live) * (1 - 0.5 * e->stopped);
	pleas.in_progress = score_or(e->trial * 0.4, e->running * 0.45) * (1 - 0.3 * e->lessons);
	return pleas;
}

static struct choice
settle_lessons(const struct evidence_of_status *e, double score, const char *trial)
{
	double stopped = score_or(e->stopped, e->ended * 0.5);

	if (e->held >= told_min && e->held >= stopped)
		return (struct choice){"lessons", "on_hold", score};
	if (stopped >= told_min)
		return (struct choice){"lessons", "discontinued", score};
	return (struct choice){"lessons", trial, score};
}

static struct choice
choose(const struct evidence_of_status *e, const struct groups *stages)
{
	struct pleas pleas = plead(e);
	const char *trial = reached(stages);
	double most = pleas.lessons;

	most = pleas.upcoming > most ? pleas.upcoming : most;
	most = pleas.implemented > most ? pleas.implemented : most;
	most = pleas.in_progress > most ? pleas.in_progress : most;
	if (most < unknown_below)
		return (struct choice){"unknown", trial, 0.5};
	if (pleas.implemented >= most)
		return (struct choice){"implemented",
			pleas.stopped > ran_min ? "discontinued" : "production", most};
	if (pleas.lessons >= most)
		return settle_lessons(e, most, trial);
	if (pleas.upcoming >= most)
		return (struct choice){"upcoming", e->held >= told_min ? "on_hold" : trial, most};
	return (struct choice){"in_progress", trial, most};
}

static const struct candidate *
first_words(const struct groups *groups, const char *const *values, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct group *group = group_of(groups, values[i]);

		if (group)
			return group->best;
	}
	return NULL;
}

/* The words that speak most for the category. */
static const struct candidate *
words_for(const struct groups *groups, const struct choice *choice)
{
	static const char *const lessons[] = {"lessons", "not_live", "no_users"};
	static const char *const upcoming[] = {"upcoming"};
	static const char *const implemented[] = {"implemented"};
	static const char *const running[] = {"running"};
	const struct groups *signals = &groups[FIELD_CATEGORY];
	const struct group *stage =
		choice->stage ? group_of(&groups[FIELD_STAGE], choice->stage) : NULL;
	struct view category = view_of(choice->category);
	const struct candidate *words = NULL;

	if (view_equal(category, VIEW("lessons")))
		words = stage ? stage->best : first_words(signals, lessons, 3);
	else if (view_equal(category, VIEW("upcoming")))
		words = groups[FIELD_EXPECTED].count ? groups[FIELD_EXPECTED].items[0].best
						     : first_words(signals, upcoming, 1);
	else if (view_equal(category, VIEW("implemented")))
		words = stage ? stage->best : first_words(signals, implemented, 1);
	else if (view_equal(category, VIEW("in_progress")))
		words = stage ? stage->best : first_words(signals, running, 1);
	return words;
}

struct settled
settle(const struct document *document, const struct groups *groups)
{
	struct evidence_of_status weighed = weigh(groups);
	struct choice choice = choose(&weighed, &groups[FIELD_STAGE]);
	const struct group *stage = NULL;

	(void)document;
	if (choice.stage)
		stage = group_of(&groups[FIELD_STAGE], choice.stage);
	struct settled settled = {.category = view_of(choice.category),
		.category_score = score_clamp(choice.score),
		.category_words = words_for(groups, &choice)};
	if (choice.stage && !stage && groups[FIELD_ENDED].count &&
		view_equal(view_of(choice.stage), VIEW("discontinued")))
		stage = &groups[FIELD_ENDED].items[0];
	if (choice.stage && !stage && groups[FIELD_LAUNCHED].count &&
		view_equal(view_of(choice.stage), VIEW("production")))
		stage = &groups[FIELD_LAUNCHED].items[0];
	if (stage) {
		settled.stage = view_of(choice.stage);
		settled.stage_score = stage->score;
		settled.stage_words = stage->best;
	}
	return settled;
}
