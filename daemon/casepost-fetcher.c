/*
 * casepost-fetcher: one mailbox, one IMAP server, nothing else. It opens no database and knows no
 * secret but its mailbox's, because it is the process that listens to a stranger's server.
 *
 * casepostd starts it with a channel on descriptor 3 and sends the configuration there. The end of
 * the channel, or of casepostd, is its end; nothing is lost by that, since only the daemon keeps.
 */
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/channel.h"
#include "base/log.h"
#include "fetch/intake_channel.h"
#include "fetch/mailbox.h"
#include "fetch/protocol.h"

enum { STATUS_DONE = 0, STATUS_FAILED = 1, STATUS_USAGE = 2, CHANNEL_FD = 3, CONFIG_MS = 30000 };

static void
print_help(void)
{
	puts("Usage: casepost-fetcher [--channel FD]\n"
	     "\n"
	     "Fetches one mailbox for casepostd, which starts it; not for use by hand.\n"
	     "\n"
	     "  --channel FD       the socket that casepostd talks over (default 3)\n"
	     "  -c, --config FILE  accepted as by all programs of casepost; the configuration\n"
	     "                     comes over the channel\n"
	     "  --help, --version");
}

/* The descriptor, or -1 after help and version (*ret_status is set), or for wrong usage. */
static int
read_options(int argc, char **argv, int *ret_status)
{
	enum { OPTION_HELP = 1000, OPTION_VERSION, OPTION_CHANNEL };
	static const struct option known[] = {
		{"config", required_argument, NULL, 'c'},
		{"channel", required_argument, NULL, OPTION_CHANNEL},
		{"help", no_argument, NULL, OPTION_HELP},
		{"version", no_argument, NULL, OPTION_VERSION},
		{NULL, 0, NULL, 0},
	};
	uint64_t fd = CHANNEL_FD;
	int option;

	*ret_status = STATUS_USAGE;
	while ((option = getopt_long(argc, argv, "c:", known, NULL)) != -1) {
		if (option == OPTION_HELP || option == OPTION_VERSION) {
			if (option == OPTION_HELP)
				print_help();
			else
				puts("casepost-fetcher " CASEPOST_VERSION);
			*ret_status = STATUS_DONE;
			return -1;
		}
		if (option == OPTION_CHANNEL && (!view_to_u64(view_of(optarg), &fd) || fd > 1023)) {
			fprintf(stderr, "casepost-fetcher: --channel needs a descriptor\n");
			return -1;
		}
		if (option == '?')
			return -1;
	}
	if (optind < argc) {
		fprintf(stderr, "casepost-fetcher: takes no arguments\n");
		return -1;
	}
	return (int)fd;
}

/* Gives up what a fetcher never needs, so that a captured one has little to take. */
static bool
give_up_rights(int channel_fd)
{
	pid_t parent = getppid();

	/* Whatever casepostd, or who started it, has left open. */
	if (close_range((unsigned)channel_fd + 1, ~0U, 0) < 0)
		return false;

	/* No core file and no debugger: the password is in this memory. */
	if (prctl(PR_SET_DUMPABLE, 0) < 0 || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return false;
	if (prctl(PR_SET_PDEATHSIG, SIGTERM) < 0)
		return false;
	return getppid() == parent; /* it may have died before the line above */
}

/*
 * SIGTERM and the parent's end kill at once; a terminal's Ctrl-C and a reload are the daemon's
 * business. The others come as error codes.
 */
static void
arrange_signals(void)
{
	sigset_t none;

	(void)signal(SIGPIPE, SIG_IGN);
	(void)signal(SIGINT, SIG_IGN);
	(void)signal(SIGHUP, SIG_IGN);
	(void)signal(SIGUSR1, SIG_IGN);
	(void)signal(SIGUSR2, SIG_IGN);
	(void)signal(SIGTERM, SIG_DFL);
	sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
}

static bool
receive_config(struct channel *channel, struct mailbox_options *ret_options, struct error *err)
{
	struct frame_reader frame;
	bool ok;

	if (!channel_read(channel, CONFIG_MS, &frame, err))
		return false;
	if (frame.type != FETCHER_CONFIG)
		return error_set(err, ERROR_PROGRAM, "the first frame is no configuration");
	ok = mailbox_options_get(&frame, ret_options, err);
	/* The password was in the channel's buffer; what has come behind it stays. */
	explicit_bzero(channel->in.data, channel->taken);
	return ok;
}

static void
send_state(void *context, const struct mailbox_health *state)
{
	struct intake_client *client = context;
	struct frame frame = frame_new(FETCHER_STATE);
	struct error err = {0};

	fetcher_put_state(&frame, state);
	if (!channel_send(client->channel, &frame, -1, &err))
		client->wake.stop = true;
	frame_free(&frame);
}

static bool
send_result(struct channel *channel, bool ok, const struct error *result)
{
	struct frame frame = frame_new(FETCHER_ROUND_DONE);
	struct error err = {0};
	bool sent;

	fetcher_put_result(&frame, ok, result);
	sent = channel_send(channel, &frame, CONFIG_MS, &err);
	frame_free(&frame);
	return sent;
}

static int
run(struct channel *channel)
{
	struct mailbox_options options = {0};
	struct intake_client client;
	struct mailbox_watcher watcher = {send_state, &client};
	struct error err = {0};
	bool ok;

	if (!receive_config(channel, &options, &err)) {
		/* A daemon that has gone meanwhile is no fault of anybody's here. */
		if (err.reach != ERROR_CONNECTION)
			log_err("casepost-fetcher: %s", err.text);
		return STATUS_FAILED;
	}
	intake_client_init(&client, channel);
	ok = mailbox_run(&options, &client.intake, &client.wake, &watcher, &err);
	if (options.once && !send_result(channel, ok, &err) && !ok)
		log_notice("mailbox %s: %s", options.name, err.text); /* the daemon has gone */
	mailbox_options_free(&options);
	return ok ? STATUS_DONE : STATUS_FAILED;
}

static bool
is_socket(int fd)
{
	int type;
	socklen_t size = sizeof(type);

	return getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size) == 0 && type == SOCK_STREAM;
}

int
main(int argc, char **argv)
{
	int status;
	int fd = read_options(argc, argv, &status);
	struct channel channel;

	if (fd < 0)
		return status;
	if (!is_socket(fd)) {
		fprintf(stderr,
			"casepost-fetcher: descriptor %d is no channel; casepostd starts this "
			"program\n",
			fd);
		return STATUS_USAGE;
	}
	arrange_signals();
	if (!give_up_rights(fd)) {
		log_err("casepost-fetcher: cannot give up rights: %s", strerror(errno));
		return STATUS_FAILED;
	}
	channel = channel_new(fd, FRAME_SIZE_MAX);
	status = run(&channel);
	channel_close(&channel);
	return status;
}
