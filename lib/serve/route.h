#ifndef SERVE_ROUTE_H
#define SERVE_ROUTE_H

#include "serve/page.h"

/** Who may have it. */
enum route_for { FOR_EVERYONE, FOR_RESEARCHERS };

/** Whether a page reads the store. */
enum route_store { STORE_NEEDED, STORE_IF_THERE, STORE_UNUSED };

struct route {
	const char *path;   /**< exactly; or what stands before and behind an id */
	const char *suffix; /**< NULL: no id in it; "" or what follows the id */
	page_function *serve;
	enum route_for who;
	enum route_store store;
	bool is_for_programs; /**< failures are problem details, not pages */
	bool is_quiet;        /**< asked for all the time: not in the log */
};

/** The route of a decoded path, or NULL. *ret_tail becomes the id in it. */
const struct route *route_find(struct view path, struct view *ret_tail);

/** The way from a page back to the root: "./" for "/cases", "../" for "/cases/x". */
struct view route_root(struct view path, struct arena *arena);

/**
 * Answers a request that has been let in: finds what the page needs, calls it, and turns failures
 * into replies. Never fails itself.
 *
 * @ret_err   what failed, for the log; ERROR_NONE otherwise
 */
void route_serve(const struct route *route, struct request *request, struct reply *reply,
	struct error *ret_err);

#endif
