/*
 * The language of a block by a vote of the vocabulary's words in it: many mails hold two languages
 * (a covering note and what it forwards), so one language a message is not enough.
 */
#include "extract/tongue.h"

enum {
	LANGUAGES_MAX = 32,
	VOTES_MIN = 4,         /* fewer words tell nothing */
	VOTES_HITS_MAX = 4000, /* a longer block is decided by its beginning */
};

struct poll {
	struct view languages[LANGUAGES_MAX];
	unsigned votes[LANGUAGES_MAX];
	size_t count;
};

static void
vote(struct poll *poll, struct view language)
{
	for (size_t i = 0; i < poll->count; i++)
		if (view_equal(poll->languages[i], language)) {
			poll->votes[i]++;
			return;
		}
	if (poll->count == LANGUAGES_MAX)
		return;
	poll->languages[poll->count] = language;
	poll->votes[poll->count++] = 1;
}

static unsigned
votes_for(const struct poll *poll, struct view language)
{
	for (size_t i = 0; i < poll->count; i++)
		if (view_equal(poll->languages[i], language))
			return poll->votes[i];
	return 0;
}

static struct view
language_of(const struct document *document, const struct block *block)
{
	struct poll poll = {.count = 0};
	struct view own = document->mail->language;
	size_t best = 0, seen = 0;
	for (size_t i = 0; i < block->sentence_count && seen < VOTES_HITS_MAX; i++) {
		const struct sentence *sentence = &document->sentences[block->first_sentence + i];
		const struct hit *hits = sentence_hits(document, sentence);
		for (size_t j = 0; j < sentence->hit_count && seen < VOTES_HITS_MAX; j++, seen++)
			if (hits[j].language.size == 2)
				vote(&poll, hits[j].language);
	}
	for (size_t i = 1; i < poll.count; i++)
		if (poll.votes[i] > poll.votes[best])
			best = i;
	if (poll.count == 0 || poll.votes[best] < VOTES_MIN)
		return own;
	/* the message's own language stands unless another one is clearly ahead */
	if (own.size && votes_for(&poll, own) * 3 >= poll.votes[best] * 2)
		return own;
	return poll.languages[best];
}

bool
tongue_speaks(struct tongue *tongue, const struct sentence *sentence, const struct hit *hit)
{
	if (hit->language.size == 0)
		return true;
	if (tongue->block != sentence->block) {
		tongue->block = sentence->block;
		tongue->language =
			language_of(tongue->document, &tongue->document->blocks[sentence->block]);
	}
	return tongue->language.size == 0 || view_equal(tongue->language, hit->language);
}

const struct hit *
tongue_hit(struct tongue *tongue, const struct sentence *sentence, enum table table,
	const char *value, size_t start, size_t end)
{
	const struct hit *hits = sentence_hits(tongue->document, sentence);
	for (size_t i = 0; i < sentence->hit_count; i++) {
		const struct hit *hit = &hits[i];
		if (hit->start >= end)
			break;
		if (hit->table != table || hit->start < start)
			continue;
		if ((!value || hit_is(hit, table, value)) && tongue_speaks(tongue, sentence, hit))
			return hit;
	}
	return NULL;
}
