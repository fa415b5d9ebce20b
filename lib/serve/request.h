#ifndef SERVE_REQUEST_H
#define SERVE_REQUEST_H

#include "archive/archive.h"
#include "base/arena.h"
#include "base/health.h"
#include "casebook/export.h"
#include "casebook/query.h"
#include "serve/template.h"

/*
 * What a page gets and gives: a request that has been taken apart, checked and let in, and a reply
 * to be filled. Nothing here knows the HTTP library.
 */

/** Bytes of a request's path and query, and parts of the query: longer ones are no links of ours.
 */
enum { REQUEST_URI_MAX = 8192, REQUEST_PARAMETERS_MAX = 64, REPLY_BYTES_MAX = 64 * 1024 * 1024 };

enum page {
	PAGE_FRONT,
	PAGE_CASES,
	PAGE_CASE,
	PAGE_MESSAGES,
	PAGE_MESSAGE,
	PAGE_PROBLEM,
};
enum { PAGE_COUNT = PAGE_PROBLEM + 1 };

/** What all requests share; constant while the server runs, but for what locks itself. */
struct site {
	const char *directory;
	struct health *health;
	struct access *access; /**< NULL: no logins */
	struct store *store;
	struct template *pages[PAGE_COUNT];
	struct metrics *metrics;
	struct watch *watch;
	struct memo *front;   /**< the front page as everybody sees it */
	struct view css;      /**< site.css */
	struct view icon;     /**< icon.svg */
	struct view openapi;  /**< openapi.json */
	char css_version[17]; /**< changes with the content */
	bool is_https;
};

struct parameter {
	struct view name;
	struct view value;
};

struct request {
	struct site *site;
	struct arena *arena; /**< lives until the reply is filled */
	struct view path;    /**< decoded, "/cases/abc" */
	struct view tail;    /**< what a route leaves open: an id */
	struct view root;    /**< from this page back to the site's root: "./", "../" … */
	struct view query;   /**< as it came, without "?" */
	struct parameter *parameters;
	size_t parameter_count;
	struct view user; /**< empty: everybody */
	struct view if_none_match;
	struct reader *reader; /**< NULL where a route needs none */
	struct archive *archive;
};

/** Filled by a page. Zeroed it is an empty 200. */
struct reply {
	unsigned status;        /**< 0: 200 */
	const char *type;       /**< Content-Type */
	struct str body;        /**< owned */
	struct export *export;  /**< owned; instead of a body: written while it is sent */
	char etag[40];          /**< with its quotes; empty: none */
	char filename[96];      /**< for a download; empty: shown */
	char location[64];      /**< for a redirect */
	bool is_lasting;        /**< the address changes with the content: may be kept for a year */
	bool asks_for_login;    /**< with 401 */
	unsigned retry_after_s; /**< 0: not said */
	const char *allow;      /**< with 405 */
};

/** The decoded value of a parameter of the query; empty if it is not there. */
struct view request_parameter(const struct request *request, const char *name);

/**
 * Takes all filters out of the query. Parameters with an empty value are passed over, so that a
 * form may send all its fields. `format` and `v` are not for filters and are passed over too.
 */
__attribute__((warn_unused_result)) bool request_filter(
	const struct request *request, struct filter *ret_filter, struct error *err);

/** The query with `name` set to `value` (empty: without it), as "?a=b&c=d"; in the arena. */
struct view request_query_with(const struct request *request, const char *name, struct view value);

/** Percent-encodes all but unreserved characters (RFC 3986 2.3). */
void uri_encode(struct str *out, struct view text);

/**
 * Sets an ETag made of the casebook's version, the address, the user and the program, and returns
 * true if the client has that already: then *reply is a 304 and nothing is left to do.
 */
__attribute__((warn_unused_result)) bool reply_is_known(
	const struct request *request, struct reply *reply, bool *ret_known, struct error *err);

/** An ETag from the body's digest, for what depends on more than the casebook. */
void reply_tag_body(struct reply *reply);

/** Makes a tagged reply a 304 without a body if the client has it already. */
void reply_spare(const struct request *request, struct reply *reply);

/** Parses a message's number as it stands in addresses. */
bool request_message_id(struct view text, int64_t *ret_id);

#endif
