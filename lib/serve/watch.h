#ifndef SERVE_WATCH_H
#define SERVE_WATCH_H

#include <stdint.h>

/**
 * Deadlines of connections. The HTTP library ends silent ones; one that sends a byte now and then
 * would stay for ever, so each has to finish its headers, and we our answer, by an absolute time.
 * A thread of its own looks once a second and shuts down the sockets that are late.
 */
struct watch;
struct watched;

struct watch *watch_new(void);
/** To be called when no connection is left. */
void watch_free(struct watch *watch);

/** A connection begins. The descriptor is borrowed until watch_remove(). */
struct watched *watch_add(struct watch *watch, int fd, int64_t deadline_ms);
void watch_remove(struct watch *watch, struct watched *watched);

/** Another deadline, of clock_monotonic_ms(). */
void watch_set(struct watch *watch, struct watched *watched, int64_t deadline_ms);

/** How many connections were cut since the start. */
uint64_t watch_cut(struct watch *watch);

#endif
