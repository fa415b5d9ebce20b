/*
 * The arithmetic of evidence.
 */
#include "extract/score.h"

#include <math.h>

double
score_saturate(double sum, double half)
{
	return sum <= 0 ? 0 : 1 - exp(-sum / half);
}
