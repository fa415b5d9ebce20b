/*
 * An IMAP session: connecting, logging in, folders. Traps of libetpan 1.9.4 that shape this file:
 * it verifies nothing (so the transport is ours), keeps the plain stream after a failed STARTTLS
 * (so any failure ends the session), crashes on an empty capability list (so we walk it ourselves),
 * and sends CR and LF in arguments verbatim (so they are refused).
 */
#include "fetch/session.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/utf8.h"
#include "fetch/folder_name.h"
#include "fetch/imap.h"

enum { STREAM_BUFFER = 64 * 1024, WORDS_MAX = 300, RAW_WORDS_MAX = 1200, LOGOUT_MS = 2000 };

static ssize_t
low_read(mailstream_low *low, void *buffer, size_t size)
{
	return transport_read(low->data, buffer, size);
}

static ssize_t
low_write(mailstream_low *low, const void *bytes, size_t size)
{
	return transport_write(low->data, bytes, size);
}

static int
low_close(mailstream_low *low)
{
	transport_close(low->data);
	return 0;
}

static int
low_get_fd(mailstream_low *low)
{
	return ((struct transport *)low->data)->fd;
}

static void
low_free(mailstream_low *low)
{
	free(low);
}

/* libetpan never writes to it; its prototype forgot const. */
static mailstream_low_driver driver = {
	.mailstream_read = low_read,
	.mailstream_write = low_write,
	.mailstream_close = low_close,
	.mailstream_get_fd = low_get_fd,
	.mailstream_free = low_free,
};

void
session_start_command(struct session *session, uint64_t size_bytes)
{
	transport_set_deadline(
		&session->transport, COMMAND_MS + (int64_t)(size_bytes / BYTES_PER_MS));
}

static void
append_without(struct str *out, struct view text, const char *hidden)
{
	struct view needle = view_of(hidden);
	size_t from = 0, at;

	while (needle.size > 0 && (at = view_find(text, needle, from)) != SIZE_MAX) {
		str_append(out, view_slice(text, from, at));
		str_append(out, VIEW("…"));
		from = at + needle.size;
	}
	str_append(out, view_slice(text, from, text.size));
}

/* What the server said with its answer, on one line, without the login's name and password. */
static void
append_words(const struct session *session, struct str *out)
{
	CLEANUP(str_free) struct str clean = str_new(16384);
	CLEANUP(str_free) struct str shown = str_new(65536);
	CLEANUP(str_free) struct str safe = str_new(65536);
	struct view words = view_of(session->imap->imap_response);

	(void)utf8_clean(&clean, view_slice(words, 0, RAW_WORDS_MAX));
	for (size_t i = 0; i < clean.size; i++)
		if ((unsigned char)clean.data[i] < ' ')
			clean.data[i] = ' ';
	append_without(&shown, view_trim(str_view(&clean)), session->secret);
	append_without(&safe, str_view(&shown), session->user);
	words = str_view(&safe);
	if (words.size > 0) {
		str_append(out, VIEW(": "));
		str_append(out, view_slice(words, 0, utf8_floor(words, WORDS_MAX)));
	}
}

/* The response code of the last answer (RFC 5530); "" if there was none. */
static struct view
response_code(const struct session *session)
{
	const struct mailimap_response_info *info = session->imap->imap_response_info;

	return info && info->rsp_atom ? view_of(info->rsp_atom) : VIEW("");
}

/* Codes by which a server says that it is its own fault, for now. */
static bool
is_transient_code(struct view code)
{
	static const char *const codes[] = {"UNAVAILABLE", "INUSE", "SERVERBUG", "LIMIT",
		"OVERQUOTA", "CORRUPTION", "THROTTLED", NULL};

	for (size_t i = 0; codes[i]; i++)
		if (view_equal_nocase(code, view_of(codes[i])))
			return true;
	return false;
}

static bool
judge_breakage(struct session *session, int result, const char *command, struct error *err)
{
	CLEANUP(str_free) struct str words = str_new(4096);

	session->broken = true;
	if (session->transport.failed) {
		*err = session->transport.failure;
		return false;
	}
	session->transport.failed = true; /* nothing may be sent any more */
	switch (result) {
	case MAILIMAP_ERROR_PARSE:
	case MAILIMAP_ERROR_MEMORY:
		error_set(err, ERROR_MESSAGE, "the answer to %s is not IMAP", command);
		break;
	case MAILIMAP_ERROR_FATAL:
		append_words(session, &words);
		error_set(
			err, ERROR_CONNECTION, "the server ended the session%s", str_text(&words));
		break;
	default:
		append_words(session, &words);
		error_set(err, ERROR_CONNECTION, "%s failed%s", command, str_text(&words));
	}
	session->transport.failure = *err;
	return false;
}

bool
session_judge(struct session *session, int result, const char *command, enum error_reach refusal,
	struct error *err)
{
	CLEANUP(str_free) struct str words = str_new(4096);

	if (!session->transport.failed && result == MAILIMAP_NO_ERROR)
		return true;
	/* The codes of a tagged NO stand in one row of libetpan's list of errors. */
	if (session->transport.failed || result < MAILIMAP_ERROR_NOOP ||
		result > MAILIMAP_ERROR_UNSUBSCRIBE)
		if (result != MAILIMAP_ERROR_CUSTOM_COMMAND || session->transport.failed)
			return judge_breakage(session, result, command, err);
	if (is_transient_code(response_code(session)))
		refusal = ERROR_CONNECTION;
	append_words(session, &words);
	return error_set(err, refusal, "the server refuses %s%s", command, str_text(&words));
}

/* Answers outside a FETCH concern no message: a mess there is the connection's. */
static bool
judge(struct session *session, int result, const char *command, enum error_reach refusal,
	struct error *err)
{
	if (session_judge(session, result, command, refusal, err))
		return true;
	if (err->reach == ERROR_MESSAGE)
		err->reach = ERROR_CONNECTION;
	return false;
}

static void
note_capability(struct session *session, const struct mailimap_capability *capability)
{
	const char *word;

	if (!capability)
		return;
	if (capability->cap_type == MAILIMAP_CAPABILITY_AUTH_TYPE) {
		word = capability->cap_data.cap_auth_type;
		session->has_plain |= word && strcasecmp(word, "PLAIN") == 0;
		return;
	}
	word = capability->cap_data.cap_name;
	if (!word)
		return;
	session->has_idle |= strcasecmp(word, "IDLE") == 0;
	session->has_starttls |= strcasecmp(word, "STARTTLS") == 0;
	session->is_login_disabled |= strcasecmp(word, "LOGINDISABLED") == 0;
}

/* Asked anew after STARTTLS and after LOGIN: what was said before may have been said by another. */
static bool
ask_capabilities(struct session *session, struct error *err)
{
	const struct mailimap_connection_info *info;
	int result;

	session->has_idle = session->has_starttls = session->has_plain = false;
	session->is_login_disabled = false;
	session_start_command(session, 0);
	result = mailimap_custom_command(session->imap, "CAPABILITY");
	if (!judge(session, result, "CAPABILITY", ERROR_CONNECTION, err))
		return false;
	info = session->imap->imap_connection_info;
	if (!info || !info->imap_capability || !info->imap_capability->cap_list)
		return error_set(
			err, ERROR_CONNECTION, "the server does not say what it is capable of");
	for (clistiter *at = clist_begin(info->imap_capability->cap_list); at; at = clist_next(at))
		note_capability(session, clist_content(at));
	return true;
}

/* Breaks the session for a reason of ours; nothing more is sent. */
static bool
abandon(struct session *session, enum error_reach reach, const char *words, struct error *err)
{
	session->broken = true;
	session->transport.failed = true;
	error_set(&session->transport.failure, reach, "%s", words);
	*err = session->transport.failure;
	return false;
}

static bool
greet(struct session *session, bool is_plain, struct error *err)
{
	mailstream_low *low = mailstream_low_new(&session->transport, &driver);
	mailstream *stream = low ? mailstream_new(low, STREAM_BUFFER) : NULL;
	int result;

	if (!stream)
		abort();
	session_start_command(session, 0);
	result = mailimap_connect(session->imap, stream);
	if (result == MAILIMAP_NO_ERROR_NON_AUTHENTICATED && !session->transport.failed)
		return true;
	if (result == MAILIMAP_NO_ERROR_AUTHENTICATED)
		return abandon(session, ERROR_MAILBOX,
			is_plain ? "the server lets anybody in before TLS (PREAUTH): that is not "
				   "safe to go on with"
				 : "the server takes us for logged in already (PREAUTH), as "
				   "somebody "
				   "whom we do not know",
			err);
	if (!session->transport.failed && result == MAILIMAP_ERROR_DONT_ACCEPT_CONNECTION)
		return abandon(session, ERROR_CONNECTION,
			"the server is there and takes no connections now (BYE)", err);
	return judge(session, result == MAILIMAP_NO_ERROR ? MAILIMAP_ERROR_PARSE : result,
		"connecting", ERROR_CONNECTION, err);
}

static bool
start_tls(struct session *session, const struct session_options *options, struct error *err)
{
	int result;

	if (!ask_capabilities(session, err))
		return false;
	if (!session->has_starttls)
		return abandon(session, ERROR_MAILBOX,
			"the server offers no STARTTLS on this port: use security = tls, or ask "
			"who "
			"runs it",
			err);
	session_start_command(session, 0);
	result = mailimap_starttls(session->imap);
	if (!judge(session, result, "STARTTLS", ERROR_MAILBOX, err)) {
		session->broken = session->transport.failed = true;
		return false;
	}
	if (session->imap->imap_stream->read_buffer_len != 0)
		return abandon(session, ERROR_MAILBOX,
			"somebody sent commands before the encryption began", err);
	session->transport.guard = guard_new();
	if (!transport_start_tls(&session->transport, options->host, options->ca_file, err)) {
		session->broken = true;
		return false;
	}
	return true;
}

static bool
is_plain_ascii(const char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text >= 0x80)
			return false;
	return true;
}

/* RFC 3501 9: no CR, LF or NUL in a quoted string. NUL cannot be in a C string. */
static bool
check_word(const char *word, const char *what, struct error *err)
{
	if (!word || word[0] == '\0')
		return error_set(err, ERROR_MAILBOX, "there is no %s", what);
	if (strpbrk(word, "\r\n"))
		return error_set(err, ERROR_MAILBOX, "the %s holds a line end", what);
	return true;
}

static bool
log_in(struct session *session, const struct session_options *options, struct error *err)
{
	CLEANUP(str_free) struct str words = str_new(4096);
	bool is_ascii = is_plain_ascii(options->user) && is_plain_ascii(options->secret);
	int result;

	if (session->is_login_disabled && !session->has_plain)
		return abandon(session, ERROR_MAILBOX,
			"the server takes no password in a way that we know (LOGINDISABLED and no "
			"AUTH=PLAIN)",
			err);
	session_start_command(session, 0);
	if (session->has_plain && (session->is_login_disabled || !is_ascii))
		result = mailimap_authenticate(session->imap, "PLAIN", options->host, NULL, NULL,
			options->user, options->user, options->secret, NULL);
	else
		result = mailimap_login(session->imap, options->user, options->secret);
	if (result == MAILIMAP_NO_ERROR && !session->transport.failed)
		return true;
	if (session->transport.failed || result != MAILIMAP_ERROR_LOGIN)
		return judge(session, result, "the login", ERROR_MAILBOX, err);
	append_words(session, &words);
	if (is_transient_code(response_code(session)))
		return error_set(err, ERROR_CONNECTION, "the server cannot log us in just now%s",
			str_text(&words));
	return error_set(err, ERROR_MAILBOX,
		"the server does not accept user and password%s: check user and password_file",
		str_text(&words));
}

/* libetpan keeps what it sent in its write buffer; the password was in there. */
static void
wipe_buffers(mailstream *stream)
{
	if (stream && stream->write_buffer)
		explicit_bzero(stream->write_buffer, stream->buffer_max_size);
}

static bool
open_session(struct session *session, const struct session_options *options, struct error *err)
{
	bool is_plain = options->security != SECURITY_TLS;

	if (!check_word(options->user, "user", err) ||
		!check_word(options->secret, "password", err))
		return false;
	if (!transport_connect(&session->transport, options->host, options->port, options->security,
		    session->wake, err))
		return false;
	if (!is_plain &&
		!transport_start_tls(&session->transport, options->host, options->ca_file, err)) {
		transport_close(&session->transport);
		return false;
	}
	if (!greet(session, is_plain, err))
		return false;
	if (options->security == SECURITY_STARTTLS && !start_tls(session, options, err))
		return false;
	if (!ask_capabilities(session, err) || !log_in(session, options, err))
		return false;
	wipe_buffers(session->imap->imap_stream);
	return ask_capabilities(session, err);
}

bool
session_open(struct session **ret_session, const struct session_options *options, struct wake *wake,
	struct error *err)
{
	CLEANUP(session_closep) struct session *session = calloc(1, sizeof(*session));

	if (!session)
		abort();
	session->transport.fd = -1;
	session->wake = wake;
	session->user = options->user;
	session->secret = options->secret;
	session->imap = mailimap_new(0, NULL);
	if (!session->imap)
		abort();
	if (!open_session(session, options, err)) {
		session->user = session->secret = NULL;
		return false;
	}
	session->user = session->secret = NULL;
	*ret_session = TAKE(session);
	return true;
}

void
session_close(struct session *session)
{
	if (!session)
		return;
	if (session->broken)
		session->transport.failed = true;
	transport_set_deadline(&session->transport, LOGOUT_MS);
	wipe_buffers(session->imap->imap_stream);
	mailimap_free(session->imap); /* says LOGOUT and closes the transport */
	transport_close(&session->transport);
	free(session);
}

bool
session_is_broken(const struct session *session)
{
	return session->broken || session->transport.failed;
}

bool
session_has_idle(const struct session *session)
{
	return session->has_idle;
}

static bool
is_selectable(const struct mailimap_mailbox_list *folder)
{
	const struct mailimap_mbx_list_flags *flags = folder->mb_flag;

	return !flags || flags->mbf_type != MAILIMAP_MBX_LIST_FLAGS_SFLAG ||
	       flags->mbf_sflag != MAILIMAP_MBX_LIST_SFLAG_NOSELECT;
}

bool
session_list(struct session *session, struct view pattern,
	void (*each)(void *context, struct view folder), void *context, struct error *err)
{
	CLEANUP(str_free) struct str wire = str_new(65536);
	CLEANUP(str_free) struct str name = str_new(65536);
	clist *folders = NULL;
	size_t count = 0;
	int result;

	if (!folder_name_to_wire(pattern, &wire, err))
		return false;
	session_start_command(session, 0);
	result = mailimap_list(session->imap, "", str_text(&wire), &folders);
	if (!judge(session, result, "LIST", ERROR_MAILBOX, err))
		return false;
	for (clistiter *at = folders ? clist_begin(folders) : NULL; at; at = clist_next(at)) {
		const struct mailimap_mailbox_list *folder = clist_content(at);

		if (!folder || !folder->mb_name || !is_selectable(folder))
			continue;
		if (++count > SESSION_FOLDERS_MAX)
			break;
		folder_name_from_wire(view_of(folder->mb_name), &name);
		each(context, str_view(&name));
	}
	if (folders)
		mailimap_list_result_free(folders);
	return true;
}

bool
session_examine(struct session *session, struct view folder, struct session_folder *ret_folder,
	struct error *err)
{
	CLEANUP(str_free) struct str wire = str_new(65536);
	const struct mailimap_selection_info *selected;
	int result;

	if (!folder_name_to_wire(folder, &wire, err))
		return false;
	session_start_command(session, 0);
	result = mailimap_examine(session->imap, str_text(&wire));
	if (!judge(session, result, "to open the folder", ERROR_MAILBOX, err))
		return false;
	selected = session->imap->imap_selection_info;
	*ret_folder = (struct session_folder){0};
	if (selected) {
		ret_folder->uidvalidity = selected->sel_uidvalidity;
		ret_folder->exists = selected->sel_exists;
	}
	return true;
}
