#ifndef DAEMON_CONFIG_H
#define DAEMON_CONFIG_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "fetch/transport.h"

/**
 * casepost.conf(5): an INI file. A wrong line is an error that names file, line and key; nothing
 * is guessed. Loading is all or nothing, so that a reload keeps the running configuration when
 * the new one is wrong.
 */
enum { CONFIG_MAILBOXES_MAX = 64, CONFIG_LIST_MAX = 256 };

struct config_list {
	const char *items[CONFIG_LIST_MAX];
	size_t count;
};

struct config_mailbox {
	const char *name;
	int line; /**< of its section, for messages */
	const char *host;
	uint16_t port;
	enum security security;
	const char *ca_file; /**< NULL: the system's authorities */
	const char *user;
	const char *password_file; /**< a systemd credential becomes the path of its file */
	struct config_list folders;
	const char *sent_folder; /**< NULL: none */
	bool idle;
	int poll_interval_s;
};

struct config {
	struct arena *arena; /**< owns all that is below */
	const char *path;
	const char *directory; /**< [store] */
	const char *listen;    /**< [web] */
	const char *researchers;
	const char *tls_certificate; /**< NULL: plain HTTP */
	const char *tls_key;
	const char *vocabulary; /**< [call]; NULL: the built-in tables alone */
	struct config_list owners;
	struct config_mailbox *mailboxes;
	size_t mailbox_count;
};

/** Reads and checks the file. ERROR_USAGE: "FILE:LINE: KEY: what is wrong". */
__attribute__((warn_unused_result)) bool config_load(
	struct config **ret_config, const char *path, struct error *err);
void config_free(struct config *config);
DEFINE_CLEANUP(struct config *, config_free);

/** Whether nothing about a mailbox has changed. */
bool config_same_mailbox(const struct config_mailbox *a, const struct config_mailbox *b);

/** The first line of a mailbox's password file, without its line end. */
__attribute__((warn_unused_result)) bool config_read_password(
	const struct config_mailbox *mailbox, struct str *ret_password, struct error *err);

#endif
