/*
 * casepost check: is the configuration right, and with --connect, do the servers take it?
 */
#include <stdio.h>
#include <string.h>

#include "daemon/commands/command.h"
#include "fetch/session.h"

enum { PASSWORD_MAX = 4096, FOLDERS_SHOWN = 50 };

static void
print_folder(void *context, struct view folder)
{
	unsigned *shown = context;

	if ((*shown)++ < FOLDERS_SHOWN) {
		printf("  ");
		command_print(folder);
		printf("\n");
	}
}

/* Looks at a folder as the fetcher will; a pattern is one that LIST answers. */
static bool
check_folder(struct session *session, const char *folder, struct error *err)
{
	struct session_folder status;

	if (strpbrk(folder, "*%"))
		return true;
	if (!session_examine(session, view_of(folder), &status, err))
		return error_context(err, "folder %s", folder);
	printf("  %s: %u messages\n", folder, status.exists);
	return true;
}

static bool
connect_mailbox(const struct config_mailbox *mailbox, struct error *err)
{
	CLEANUP(session_closep) struct session *session = NULL;
	CLEANUP(str_free) struct str password = str_new(PASSWORD_MAX);
	struct session_options options = {
		.host = mailbox->host,
		.port = mailbox->port,
		.security = mailbox->security,
		.ca_file = mailbox->ca_file,
		.user = mailbox->user,
	};
	unsigned shown = 0;

	if (!config_read_password(mailbox, &password, err))
		return false;
	options.secret = str_text(&password);
	if (!session_open(&session, &options, NULL, err))
		return false;
	printf("mailbox %s: logged in at %s%s; it has the folders\n", mailbox->name, mailbox->host,
		session_has_idle(session) ? ", which pushes (IDLE)" : "");
	if (!session_list(session, VIEW("*"), print_folder, &shown, err))
		return false;
	if (shown > FOLDERS_SHOWN)
		printf("  and %u more\n", shown - FOLDERS_SHOWN);
	printf("and will be read from\n");
	for (size_t i = 0; i < mailbox->folders.count; i++)
		if (!check_folder(session, mailbox->folders.items[i], err))
			return false;
	return true;
}

static int
connect_all(const struct config *config)
{
	int status = STATUS_DONE;

	for (size_t i = 0; i < config->mailbox_count; i++) {
		struct error err = {0};

		if (connect_mailbox(&config->mailboxes[i], &err))
			continue;
		fprintf(stderr, "casepost check: mailbox %s: %s\n", config->mailboxes[i].name,
			err.text);
		status = STATUS_FAILED;
	}
	return status;
}

/* Passwords are read here too, so that a missing one is found before the daemon starts. */
static bool
check_passwords(const struct config *config, struct error *err)
{
	for (size_t i = 0; i < config->mailbox_count; i++) {
		CLEANUP(str_free) struct str password = str_new(PASSWORD_MAX);

		if (!config_read_password(&config->mailboxes[i], &password, err))
			return false;
	}
	return true;
}

int
command_check(const struct call *call)
{
	bool connects = call->argc == 1 && strcmp(call->argv[0], "--connect") == 0;
	CLEANUP(config_freep) struct config *config = NULL;
	struct error err = {0};

	if (call->argc > 0 && !connects)
		return command_misused(call, "[--connect]", "takes no \"%s\"", call->argv[0]);
	config = command_config(call);
	if (!config)
		return STATUS_USAGE;
	if (!check_passwords(config, &err)) {
		(void)command_fail(call, &err);
		return STATUS_USAGE;
	}
	printf("%s is right: %zu mailbox%s, store %s, site %s\n", config->path,
		config->mailbox_count, config->mailbox_count == 1 ? "" : "es", config->directory,
		config->listen);
	return connects ? connect_all(config) : STATUS_DONE;
}
