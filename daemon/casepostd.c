/*~
 * casepostd, the daemon. Read this first: main() is the table of contents. It opens the store,
 * starts the deriver (archive -> readers -> casebook), the site, a fetcher a mailbox and the
 * control socket, says that it is ready, and then only waits: for frames of fetchers and commands,
 * for signals, for timers. It stops in the reverse order.
 *
 * The main thread owns the archive's writing connection and all channels; the derive thread
 * (deriver.c) owns the casebook; the site's threads own a reading connection each.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "archive/archive.h"
#include "base/clock.h"
#include "base/fd.h"
#include "base/health.h"
#include "base/log.h"
#include "daemon/config.h"
#include "daemon/control.h"
#include "daemon/deriver.h"
#include "daemon/mailboxes.h"
#include "daemon/notify.h"
#include "daemon/options.h"
#include "daemon/paths.h"
#include "daemon/store.h"
#include "serve/server.h"

enum { EXIT_DONE = 0, EXIT_FAILED = 1, EXIT_USAGE = 2, POLLFDS_MAX = 512 };

struct daemon {
	const char *config_path;
	bool once;
	struct config *config;
	int lock_fd;
	int signal_fd;
	struct archive *archive;
	struct health *health;
	struct deriver *deriver;
	struct server *server;
	struct mailboxes *mailboxes;
	struct control *control;
	struct request catch_up; /* --once: the last thing to wait for */
	bool catching_up;
	bool stopping;
	int status;
};

static bool
take_signals(struct daemon *daemon, struct error *err)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGCHLD);
	/* Blocked before the first thread starts, so that they all arrive here. */
	if (sigprocmask(SIG_BLOCK, &set, NULL) < 0 || signal(SIGPIPE, SIG_IGN) == SIG_ERR)
		return error_set_errno(err, ERROR_PROGRAM, "cannot block signals");
	daemon->signal_fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (daemon->signal_fd < 0)
		return error_set_errno(err, ERROR_PROGRAM, "cannot take signals");
	return true;
}

static bool
open_store(struct daemon *daemon, struct error *err)
{
	const char *directory = daemon->config->directory;

	if (store_lock(directory, &daemon->lock_fd, err) != STORE_LOCKED)
		return false;
	return archive_open(&daemon->archive, directory, DB_WRITE, err);
}

static bool
start_deriver(struct daemon *daemon, struct error *err)
{
	CLEANUP(str_free) struct str reader = str_new(4096), vocabulary = str_new(4096);
	struct deriver_options options = {
		.readers = {.config = daemon->config},
		.directory = daemon->config->directory,
		.health = daemon->health,
	};

	if (!paths_program("casepost-reader", &reader, err) || !paths_vocabulary(&vocabulary, err))
		return false;
	options.readers.program = str_text(&reader);
	options.readers.vocabulary = str_text(&vocabulary);
	return deriver_start(&daemon->deriver, &options, err);
}

/* A fresh installation has no logins yet: then there are totals, and a line that says so. */
static const char *
researchers_file(const struct config *config)
{
	if (access(config->researchers, F_OK) == 0 || errno != ENOENT)
		return config->researchers;
	log_notice("nobody can log in: %s is not there; `casepost researcher add NAME` makes it, "
		   "then restart casepostd event=no_logins",
		config->researchers);
	return NULL;
}

static bool
start_server(struct daemon *daemon, struct error *err)
{
	struct server_options options = {
		.listen = daemon->config->listen,
		.researchers = researchers_file(daemon->config),
		.tls_certificate = daemon->config->tls_certificate,
		.tls_key = daemon->config->tls_key,
		.directory = daemon->config->directory,
		.health = daemon->health,
	};

	if (!server_start(&daemon->server, &options, err))
		return false;
	log_notice("the site is at %s event=listening", server_address(daemon->server));
	return true;
}

static bool
start(struct daemon *daemon, struct error *err)
{
	struct mailboxes_options mailboxes = {
		.config = daemon->config,
		.archive = daemon->archive,
		.deriver = daemon->deriver,
		.health = daemon->health,
		.once = daemon->once,
	};

	if (!start_deriver(daemon, err))
		return false;
	mailboxes.deriver = daemon->deriver;
	if (!daemon->once && !start_server(daemon, err))
		return false;
	if (!mailboxes_start(&daemon->mailboxes, &mailboxes, err))
		return false;
	return daemon->once || control_listen(&daemon->control, daemon->config->directory,
				       daemon->archive, daemon->deriver, daemon->health, err);
}

/* A new configuration, or the old one with the reason why not. */
static void
reload(struct daemon *daemon)
{
	CLEANUP(config_freep) struct config *config = NULL;
	struct error err = {0};

	notify_reloading();
	if (!config_load(&config, daemon->config_path, &err)) {
		log_err("the configuration was not reloaded, the running one stays: %s "
			"event=reload_failed",
			err.text);
	} else if (strcmp(config->directory, daemon->config->directory) != 0 ||
		   strcmp(config->listen, daemon->config->listen) != 0) {
		log_err("the configuration was not reloaded: store or listen changed, which needs "
			"a restart (`systemctl restart casepostd`) event=reload_failed");
	} else {
		/* The first configuration stays too: the deriver and the site point into it. */
		mailboxes_reload(daemon->mailboxes, TAKE(config));
		log_notice("the configuration was reloaded event=reloaded");
	}
	notify_ready();
}

static void
serve_signals(struct daemon *daemon)
{
	struct signalfd_siginfo signal;

	while (read(daemon->signal_fd, &signal, sizeof(signal)) == (ssize_t)sizeof(signal)) {
		switch (signal.ssi_signo) {
		case SIGHUP:
			reload(daemon);
			break;
		case SIGCHLD:
			mailboxes_reap(daemon->mailboxes);
			break;
		default:
			daemon->stopping = true;
			break;
		}
	}
}

/* --once: after every mailbox had its round, all that is archived has to be read too. */
static bool
serve_once(struct daemon *daemon, struct error *err)
{
	if (!daemon->once || !mailboxes_all_done(daemon->mailboxes))
		return true;
	if (!daemon->catching_up) {
		if (!request_init(&daemon->catch_up, REQUEST_CATCH_UP, err))
			return false;
		deriver_ask(daemon->deriver, &daemon->catch_up);
		daemon->catching_up = true;
	}
	return true;
}

static size_t
fill_pollfds(struct daemon *daemon, struct pollfd fds[POLLFDS_MAX])
{
	size_t count = 0;

	fds[count++] = (struct pollfd){daemon->signal_fd, POLLIN, 0};
	fds[count++] =
		(struct pollfd){daemon->catching_up ? daemon->catch_up.done_fd : -1, POLLIN, 0};
	count += mailboxes_fill_pollfds(daemon->mailboxes, fds + count);
	if (daemon->control)
		count += control_fill_pollfds(daemon->control, fds + count);
	return count;
}

static bool
loop(struct daemon *daemon, struct error *err)
{
	struct pollfd fds[POLLFDS_MAX];

	_Static_assert(POLLFDS_MAX >= 2 + MAILBOXES_POLLFDS + CONTROL_POLLFDS, "all fit");
	while (!daemon->stopping) {
		int timeout = notify_timeout_ms(mailboxes_timeout_ms(daemon->mailboxes));
		size_t count;

		if (!serve_once(daemon, err))
			return false;
		count = fill_pollfds(daemon, fds);
		if (poll(fds, count, timeout) < 0 && errno != EINTR)
			return error_set_errno(err, ERROR_PROGRAM, "cannot wait");
		notify_watchdog();
		serve_signals(daemon);
		mailboxes_advance(daemon->mailboxes);
		if (daemon->control)
			control_advance(daemon->control);
		if (fds[1].revents) {
			daemon->stopping = true;
			daemon->status = daemon->catch_up.ok && mailboxes_all_ok(daemon->mailboxes)
						 ? EXIT_DONE
						 : EXIT_FAILED;
		}
	}
	return true;
}

static void
stop(struct daemon *daemon)
{
	notify_stopping();
	control_close(daemon->control);
	mailboxes_stop(daemon->mailboxes);
	server_stop(daemon->server);
	deriver_stop(daemon->deriver);
	if (daemon->catching_up)
		request_free(&daemon->catch_up);
	archive_close(daemon->archive);
	health_free(daemon->health);
	config_free(daemon->config);
	fd_close(&daemon->signal_fd);
	fd_close(&daemon->lock_fd);
}

static void
print_help(void)
{
	printf("usage: casepostd [-c FILE] [--once]\n\n"
	       "Keeps research mailboxes in step, reads what comes in and serves the site.\n\n"
	       "  -c, --config FILE  configuration (default " OPTIONS_CONFIG_DEFAULT ")\n"
	       "      --once         sync every mailbox once, read all that is archived, end;\n"
	       "                     exit status 1 if a mailbox could not be synced\n"
	       "      --help, --version\n\nSee casepostd(8).\n");
}

static int
run(struct daemon *daemon)
{
	struct error err = {0};
	bool ok;

	if (!config_load(&daemon->config, daemon->config_path, &err)) {
		fprintf(stderr, "casepostd: %s\n", err.text);
		return EXIT_USAGE;
	}
	daemon->health = health_new(clock_now());
	ok = take_signals(daemon, &err) && open_store(daemon, &err) && start(daemon, &err);
	if (ok) {
		log_notice("casepost %s is ready event=ready mailboxes=%zu", CASEPOST_VERSION,
			daemon->config->mailbox_count);
		notify_ready();
		ok = loop(daemon, &err);
	}
	if (!ok) {
		log_err("casepostd cannot go on: %s event=failed", err.text);
		/* What only a person can mend is not started again and again. */
		daemon->status = err.reach == ERROR_USAGE ? EXIT_USAGE : EXIT_FAILED;
	}
	stop(daemon);
	if (ok)
		log_notice("casepost has stopped event=stopped");
	return daemon->status;
}

int
main(int argc, char **argv)
{
	struct daemon daemon = {.lock_fd = -1, .signal_fd = -1};
	struct options options;

	if (!options_take(&options, "casepostd", &argc, argv))
		return EXIT_USAGE;
	if (options.help) {
		print_help();
		return EXIT_DONE;
	}
	(void)umask(0027); /* what is in the store is nobody else's business */
	daemon.config_path = options.config_path;
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--once") != 0) {
			fprintf(stderr, "casepostd: there is no option \"%s\"; see --help\n",
				argv[i]);
			return EXIT_USAGE;
		}
		daemon.once = true;
	}
	if (getenv("CASEPOST_DEBUG"))
		log_set_level(LOG_LEVEL_DEBUG);
	return run(&daemon);
}
