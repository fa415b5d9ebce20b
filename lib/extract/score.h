#ifndef EXTRACT_SCORE_H
#define EXTRACT_SCORE_H

#include <stdbool.h>
#include <stddef.h>

/**
 * Small arithmetic of evidence: scores are probabilities, independent pieces of evidence add up as
 * "not all of them are wrong".
 */

/** Both together: 1 - (1 - a)(1 - b). */
static inline double
score_or(double a, double b)
{
	return 1 - (1 - a) * (1 - b);
}

/** Cut to 0 … 1. */
static inline double
score_clamp(double score)
{
	return score < 0 ? 0 : score > 1 ? 1 : score;
}

/** Grows from 0 towards 1 as a sum of weights grows; 0.63 at `half`. */
double score_saturate(double sum, double half);

#endif
