#ifndef FETCH_FAKE_SERVER_H
#define FETCH_FAKE_SERVER_H

/*
 * An IMAP server that misbehaves on order, on a loopback port, in a thread. It knows the few
 * commands that we use and serves one connection at a time. Real servers are for the whole-program
 * tests; this one does what they never do.
 */
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

enum fault {
	FAULT_NONE,
	FAULT_NO,            /* tagged NO when its body is asked for */
	FAULT_UNAVAILABLE,   /* tagged NO [UNAVAILABLE], once */
	FAULT_OMIT,          /* its body is left out of the answer */
	FAULT_NIL,           /* BODY[] NIL */
	FAULT_QUOTED,        /* the body as a quoted string */
	FAULT_UID_LAST,      /* the UID behind the body */
	FAULT_GARBAGE,       /* no IMAP when its body is asked for */
	FAULT_BAD_ATTRIBUTE, /* no IMAP when its flags are asked for */
	FAULT_HANG_UP,       /* the connection ends in the middle of its body */
	FAULT_HANG_UP_ONCE,
	FAULT_GONE, /* expunged between the list and the rest */
	FAULT_HUGE, /* a literal of 4 GiB is announced */
};

struct fake_message {
	uint32_t uid;
	const char *text;
	enum fault fault;
	const char *flags; /* NULL: none */
};

struct fake_server {
	const char *greeting;       /* without CRLF; NULL: an ordinary one */
	const char *capabilities;   /* NULL: IMAP4rev1 IDLE */
	const char *login_answer;   /* NULL: OK */
	const char *idle_first;     /* sent before "+" */
	const char *after_starttls; /* sent in one piece with the OK */
	uint32_t uidvalidity;
	uint32_t new_uidvalidity; /* from the second EXAMINE on; 0: the same */
	struct fake_message *messages;
	unsigned count;
	unsigned arrives; /* so many of count come in during IDLE */

	uint16_t port;
	int listen_fd;
	unsigned connections, examined;
	struct str commands; /* without tags, one a line */
	pthread_t thread;
};

void fake_server_start(struct fake_server *server);
void fake_server_stop(struct fake_server *server);

#endif
