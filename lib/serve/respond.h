#ifndef SERVE_RESPOND_H
#define SERVE_RESPOND_H

#include <microhttpd.h>

#include "serve/request.h"

/**
 * Makes the library's response of a filled reply and queues it, with the headers that every answer
 * carries. Takes over the reply's body and export.
 */
enum MHD_Result respond(struct MHD_Connection *connection, const struct site *site,
	struct reply *reply, bool is_private);

/** Frees what a reply owns, if it was not handed over. */
void reply_free(struct reply *reply);

#endif
