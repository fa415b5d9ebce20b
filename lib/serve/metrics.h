#ifndef SERVE_METRICS_H
#define SERVE_METRICS_H

#include <stdatomic.h>
#include <stdint.h>

/** What the server counts about itself; written by its threads. */
struct metrics {
	atomic_uint_fast64_t answers[6]; /**< by the status's first digit */
	atomic_uint_fast64_t logins_failed;
};

#endif
