/*
 * Which accounts are of one case, whatever the order in which they come.
 */
#include "told.h"

#define PROJECT(text)                                                                              \
	{                                                                                          \
		FIELD_PROJECT_NAME, text, 0                                                        \
	}
#define ORGANISATION(text)                                                                         \
	{                                                                                          \
		FIELD_ORGANISATION, text, 0                                                        \
	}
#define COUNTRY(text)                                                                              \
	{                                                                                          \
		FIELD_COUNTRY, text, 0                                                             \
	}
#define SECTOR(text)                                                                               \
	{                                                                                          \
		FIELD_SECTOR, text, 0                                                              \
	}
#define PLATFORM(text)                                                                             \
	{                                                                                          \
		FIELD_PLATFORM, text, 0                                                            \
	}

static const char CASE_COUNT[] = "SELECT count(*) FROM casefile";

static void
a_resent_account_joins_its_case(void **state)
{
	static const struct told FIRST = {.name = "letter 1",
		.from = "anna@agency.example",
		.cases = {{PROJECT("Stadjerspas"), COUNTRY("NL")}}};
	static const struct told AGAIN = {.name = "letter 1, sent again",
		.from = "anna@agency.example",
		.at = TOLD_DAY + 60,
		.cases = {{PROJECT("the stadjerspas"), COUNTRY("NL")}}};
	struct book *book = *state;

	book_tell(book, &FIRST);
	book_tell(book, &AGAIN);
	assert_answer(book, CASE_COUNT, "1\n");
	assert_answer(book, "SELECT count(DISTINCT case_id) FROM mention", "1\n");
}

static void
another_persons_account_joins_by_the_name(void **state)
{
	static const struct told OURS = {.name = "letter 1",
		.from = "anna@agency.example",
		.cases = {{PROJECT("Stadjerspas"), COUNTRY("NL")}}};
	static const struct told THEIRS = {.name = "letter 2",
		.from = "bo@vendor.example",
		.cases = {{PROJECT("Stadjerspas"), PLATFORM("ethereum")}}};
	struct book *book = *state;

	book_tell(book, &THEIRS);
	book_tell(book, &OURS);
	assert_answer(book, CASE_COUNT, "1\n");
}

/* The second project of an agency, told in a reply to the first one's mail. */
static void
another_name_does_not_join_however_much_else_is_shared(void **state)
{
	static const struct told FIRST = {.name = "letter 1",
		.message_id = "<1@x>",
		.from = "anna@agency.example",
		.cases = {{PROJECT("Stadjerspas"), ORGANISATION("Gemeente Groningen"),
			COUNTRY("NL"), SECTOR("social_security"), PLATFORM("ethereum")}}};
	static const struct told SECOND = {.name = "letter 2",
		.reply_to = "<1@x>",
		.from = "anna@agency.example",
		.cases = {{PROJECT("Kindpakket"), ORGANISATION("Gemeente Groningen"), COUNTRY("NL"),
			SECTOR("social_security"), PLATFORM("ethereum")}}};
	struct book *book = *state;

	book_tell(book, &FIRST);
	book_tell(book, &SECOND);
	assert_answer(book, CASE_COUNT, "2\n");
}

static void
the_same_name_in_another_country_is_another_case(void **state)
{
	static const struct told ONE = {.name = "letter 1",
		.from = "a@x.example",
		.cases = {{PROJECT("Land Registry"), COUNTRY("SE")}}};
	static const struct told OTHER = {.name = "letter 2",
		.from = "b@y.example",
		.cases = {{PROJECT("Land Registry"), COUNTRY("GE")}}};
	struct book *book = *state;

	book_tell(book, &ONE);
	book_tell(book, &OTHER);
	assert_answer(book, CASE_COUNT, "2\n");
}

static void
an_unnamed_reply_of_the_same_person_joins_the_only_case(void **state)
{
	static const struct told FIRST = {.name = "letter 1",
		.message_id = "<1@x>",
		.from = "anna@agency.example",
		.cases = {{PROJECT("Stadjerspas")}}};
	static const struct told REPLY = {.name = "letter 2",
		.reply_to = "<1@x>",
		.from = "Anna@Agency.example",
		.cases = {{{FIELD_USERS, "4300", 0}}}};
	struct book *book = *state;

	book_tell(book, &REPLY);
	book_tell(book, &FIRST);
	assert_answer(book, CASE_COUNT, "1\n");
}

static const struct told SEVERAL = {.name = "letter of three",
	.message_id = "<s@x>",
	.from = "anna@agency.example",
	.cases = {{PROJECT("Alpha"), COUNTRY("NL"), SECTOR("health")},
		{PROJECT("Beta"), COUNTRY("NL"), SECTOR("tax"), PLATFORM("corda")},
		{PROJECT("Gamma"), COUNTRY("NL"), SECTOR("land")}}};

static void
a_follow_up_to_a_mail_about_several_joins_the_one_it_names(void **state)
{
	static const struct told NAMED = {.name = "letter about beta",
		.reply_to = "<s@x>",
		.from = "anna@agency.example",
		.at = TOLD_DAY + 60,
		.cases = {{PROJECT("Beta"), {FIELD_USERS, "77", 0}}}};
	struct book *book = *state;

	book_tell(book, &SEVERAL);
	book_tell(book, &NAMED);
	assert_answer(book,
		"SELECT count(*) FROM casefile UNION ALL SELECT title FROM casefile AS c JOIN "
		"case_value AS v ON v.case_id = c.id WHERE v.field = 'users'",
		"3\nBeta\n");
}

static void
an_unnamed_follow_up_joins_the_one_it_fits_best(void **state)
{
	static const struct told FITS = {.name = "letter on corda",
		.reply_to = "<s@x>",
		.from = "anna@agency.example",
		.at = TOLD_DAY + 60,
		.cases = {
			{COUNTRY("NL"), SECTOR("tax"), PLATFORM("corda"), {FIELD_USERS, "77", 0}}}};
	struct book *book = *state;

	book_tell(book, &SEVERAL);
	book_tell(book, &FITS);
	assert_answer(book,
		"SELECT c.title FROM casefile AS c JOIN case_value AS v ON v.case_id = c.id "
		"WHERE v.field = 'users'",
		"Beta\n");
}

static void
an_unnamed_follow_up_that_fits_none_of_several_joins_none(void **state)
{
	static const struct told VAGUE = {.name = "letter on nothing",
		.reply_to = "<s@x>",
		.from = "anna@agency.example",
		.at = TOLD_DAY + 90,
		.cases = {{{FIELD_USERS, "5", 0}}}};
	struct book *book = *state;

	book_tell(book, &SEVERAL);
	book_tell(book, &VAGUE);
	assert_answer(book, CASE_COUNT, "4\n");
}

static void
one_message_never_tells_of_a_case_twice(void **state)
{
	static const struct told DOUBLE = {.name = "letter of two",
		.from = "a@x.example",
		.cases = {{PROJECT("Alpha"), COUNTRY("NL")}, {PROJECT("Alpha"), COUNTRY("NL")}}};
	struct book *book = *state;

	book_tell(book, &DOUBLE);
	assert_answer(book, CASE_COUNT, "2\n");
}

static void
a_case_keeps_its_public_id_when_more_is_told_of_it(void **state)
{
	static const struct told FIRST = {.name = "letter 1",
		.from = "a@x.example",
		.cases = {{PROJECT("Alpha"), COUNTRY("NL")}}};
	static const struct told LATER = {.name = "letter 2",
		.from = "b@x.example",
		.at = TOLD_DAY + 60,
		.cases = {{PROJECT("Alpha"), COUNTRY("NL")}}};
	CLEANUP(str_free) struct str before = str_new(100);
	struct book *book = *state;

	book_tell(book, &FIRST);
	book_ask(book, "SELECT id FROM casefile", &before);
	assert_int_equal(before.size, 11); /* ten signs and the line end */
	book_tell(book, &LATER);
	assert_answer(book, "SELECT id FROM casefile", str_text(&before));
	book_tell(book, &FIRST);
	assert_answer(book, "SELECT id FROM casefile", str_text(&before));
	book_drop(book, &LATER);
	assert_answer(book, "SELECT id FROM casefile", str_text(&before));
}

/* Thirty accounts of nine projects that share words, people, threads and topics in many ways. */
enum { SHUFFLED = 30, ROUNDS = 20 };

static uint64_t
next_random(uint64_t *random)
{
	*random = *random * 6364136223846793005u + 1442695040888963407u;
	return *random >> 33;
}

struct strings {
	char name[32], message_id[32], reply_to[32];
};

static void
make_accounts(struct told *told, struct strings *strings)
{
	static const char *const PROJECTS[] = {"Alpha", "Alpha Chain", "Land Registry",
		"the land registry Beta", "Stadjerspas", NULL, "Gamma", NULL, "Delta"};
	static const char *const PEOPLE[] = {"a@x.example", "b@y.example", "c@z.example", NULL};
	static const char *const COUNTRIES[] = {"NL", "SE", NULL};
	static const char *const SECTORS[] = {"health", "land", NULL};
	static const char *const ORGANISATIONS[] = {"Gemeente Groningen", "Lantmäteriet", NULL};
	uint64_t random = 20;

	for (size_t i = 0; i < SHUFFLED; i++) {
		struct told *one = &told[i];
		size_t cases = next_random(&random) % 5 == 0 ? 3 : 1;

		snprintf(strings[i].name, 32, "letter %zu", i);
		snprintf(strings[i].message_id, 32, "<%zu@x>", i % 27);
		snprintf(strings[i].reply_to, 32, "<%zu@x>", (size_t)next_random(&random) % 40);
		*one = (struct told){.name = strings[i].name,
			.message_id = strings[i].message_id,
			.reply_to = i % 3 ? strings[i].reply_to : NULL,
			.from = PEOPLE[next_random(&random) % 4],
			.at = TOLD_DAY + (int64_t)(next_random(&random) % 20) * 3600};
		for (size_t c = 0; c < cases; c++) {
			const struct told_value values[] = {
				{FIELD_CATEGORY, "implemented", 0.5 + (double)(i % 5) / 10},
				{FIELD_PROJECT_NAME, PROJECTS[next_random(&random) % 9], 0},
				{FIELD_ORGANISATION, ORGANISATIONS[next_random(&random) % 3], 0},
				{FIELD_COUNTRY, COUNTRIES[next_random(&random) % 3], 0},
				{FIELD_SECTOR, SECTORS[next_random(&random) % 3], 0},
				{FIELD_CONFIDENTIALITY, i % 7 ? NULL : "anonymous", 0},
			};
			size_t count = 0;

			for (size_t v = 0; v < 6; v++)
				if (values[v].text)
					one->cases[c][count++] = values[v];
		}
	}
}

static void
thirty_accounts_give_the_same_cases_in_twenty_orders(void **state)
{
	struct told told[SHUFFLED];
	struct strings strings[SHUFFLED];
	struct book *first = *state;
	uint64_t random = 5;

	make_accounts(told, strings);
	for (size_t i = 0; i < SHUFFLED; i++)
		book_tell(first, &told[i]);
	for (int round = 0; round < ROUNDS; round++) {
		struct book *book = book_new();

		for (size_t i = SHUFFLED - 1; i > 0; i--) {
			size_t j = next_random(&random) % (i + 1);
			struct told other = told[i];

			told[i] = told[j];
			told[j] = other;
		}
		book_begin(book);
		for (size_t i = 0; i < SHUFFLED; i++) {
			book_put(book, &told[i]);
			if (next_random(&random) % 4 == 0) {
				book_commit(book);
				book_begin(book);
			}
		}
		book_commit(book);
		assert_same_books(first, book);
		book_free(book);
	}
	/* The accounts are worth the test: some joined, some did not. */
	assert_answer(first,
		"SELECT count(*) > 5, max(n) > 2 FROM (SELECT count(*) AS n FROM "
		"mention GROUP BY case_id)",
		"1|1\n");
}

static void
a_dropped_message_leaves_the_casebook_that_never_had_it(void **state)
{
	struct told told[SHUFFLED];
	struct strings strings[SHUFFLED];
	struct book *book = *state;

	make_accounts(told, strings);
	for (size_t i = 0; i < SHUFFLED; i++)
		book_tell(book, &told[i]);
	for (size_t gone = 0; gone < SHUFFLED; gone += 5) {
		struct book *without = book_new();

		for (size_t i = 0; i < SHUFFLED; i++)
			if (i != gone)
				book_tell(without, &told[i]);
		book_drop(book, &told[gone]);
		assert_same_books(book, without);
		book_tell(book, &told[gone]);
		book_free(without);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		book_test(a_resent_account_joins_its_case),
		book_test(another_persons_account_joins_by_the_name),
		book_test(another_name_does_not_join_however_much_else_is_shared),
		book_test(the_same_name_in_another_country_is_another_case),
		book_test(an_unnamed_reply_of_the_same_person_joins_the_only_case),
		book_test(a_follow_up_to_a_mail_about_several_joins_the_one_it_names),
		book_test(an_unnamed_follow_up_joins_the_one_it_fits_best),
		book_test(an_unnamed_follow_up_that_fits_none_of_several_joins_none),
		book_test(one_message_never_tells_of_a_case_twice),
		book_test(a_case_keeps_its_public_id_when_more_is_told_of_it),
		book_test(thirty_accounts_give_the_same_cases_in_twenty_orders),
		book_test(a_dropped_message_leaves_the_casebook_that_never_had_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
