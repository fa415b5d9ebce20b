#ifndef FETCH_WAKE_H
#define FETCH_WAKE_H

#include <stdbool.h>

/**
 * What may interrupt a wait: a descriptor that is polled beside the server's. When it is readable,
 * receive() takes what is there and sets the flags; `stop` ends whatever waits, `sync_now` only a
 * pause between rounds.
 */
struct wake {
	int fd; /**< borrowed; -1: nothing interrupts */
	void (*receive)(struct wake *wake);
	void *context;
	bool stop;
	bool sync_now;
};

#endif
