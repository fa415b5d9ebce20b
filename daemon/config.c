/*
 * casepost.conf: one table of keys, each with the function that takes its value.
 */
#include "daemon/config.h"

#include <ini.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/fd.h"

enum {
	FILE_MAX = 256 * 1024,
	LINE_MAX_BYTES = 198, /* inih's buffer; it would cut a longer line in two */
	ARENA_MAX = 4 * 1024 * 1024,
	PASSWORD_MAX = 4096,
	SECTION_MAX = 49, /* inih's buffer again */
	KEY_COUNT = 19,
	POLL_MIN_S = 1,
	POLL_MAX_S = 24 * 3600,
};

struct loading {
	struct config *config;
	struct config_mailbox *mailbox; /* of the section being read; NULL elsewhere */
	size_t mailbox_capacity;
	struct view rest; /* of the text, not yet given to inih */
	int line;         /* the one given last */
	bool is_indented; /* that line */
	char section[64];
	char key[64]; /* the last one, to know a continued list */
	bool seen[KEY_COUNT], seen_in_mailbox[KEY_COUNT];
	struct error error; /* the first one */
};

__attribute__((format(printf, 3, 4))) static bool
wrong(struct loading *loading, const char *key, const char *format, ...)
{
	char text[256];
	va_list arguments;

	if (loading->error.reach != ERROR_NONE)
		return false;
	va_start(arguments, format);
	(void)vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	return error_set(&loading->error, ERROR_USAGE, "%s: %s", key, text);
}

static const char *
keep(struct loading *loading, const char *value)
{
	return arena_string(loading->config->arena, view_of(value));
}

/* Every taker: sets what `target` points to from the value, or tells what is wrong with it. */
typedef bool (*taker)(struct loading *loading, const char *key, const char *value, void *target);

static bool
take_text(struct loading *loading, const char *key, const char *value, void *target)
{
	const char **text = target;

	if (value[0] == '\0')
		return wrong(loading, key, "needs a value");
	*text = keep(loading, value);
	return true;
}

/* An empty value means: not used. */
static bool
take_optional(struct loading *loading, const char *key, const char *value, void *target)
{
	const char **text = target;

	(void)key;
	*text = value[0] ? keep(loading, value) : NULL;
	return true;
}

static bool
take_file(struct loading *loading, const char *key, const char *value, void *target)
{
	if (value[0] && access(value, R_OK) < 0)
		return wrong(loading, key, "cannot read %s", value);
	return take_optional(loading, key, value, target);
}

static bool
take_port(struct loading *loading, const char *key, const char *value, void *target)
{
	uint16_t *port = target;
	uint64_t number;

	if (!view_to_u64(view_of(value), &number) || number < 1 || number > 65535)
		return wrong(
			loading, key, "\"%s\" is no port; use a number from 1 to 65535", value);
	*port = (uint16_t)number;
	return true;
}

static bool
take_security(struct loading *loading, const char *key, const char *value, void *target)
{
	static const char *const WORDS[] = {"tls", "starttls", "insecure"};
	enum security *security = target;

	for (size_t i = 0; i < 3; i++) {
		if (strcmp(value, WORDS[i]) == 0) {
			*security = (enum security)i;
			return true;
		}
	}
	return wrong(loading, key, "\"%s\" is none of tls, starttls, insecure", value);
}

static bool
take_bool(struct loading *loading, const char *key, const char *value, void *target)
{
	bool *flag = target;

	if (strcmp(value, "yes") != 0 && strcmp(value, "no") != 0)
		return wrong(loading, key, "\"%s\" is neither yes nor no", value);
	*flag = strcmp(value, "yes") == 0;
	return true;
}

/* "30s", "5m", "1h", or seconds. */
static bool
take_duration(struct loading *loading, const char *key, const char *value, void *target)
{
	struct view text = view_of(value);
	uint64_t unit = 1, number;
	int *seconds = target;

	if (text.size > 0) {
		char last = text.data[text.size - 1];

		unit = last == 'h' ? 3600 : last == 'm' ? 60 : 1;
		if (last == 'h' || last == 'm' || last == 's')
			text.size--;
	}
	if (!view_to_u64(text, &number) || number > POLL_MAX_S || number * unit < POLL_MIN_S ||
		number * unit > POLL_MAX_S)
		return wrong(loading, key, "\"%s\" is no time from 1s to 24h, such as 5m", value);
	*seconds = (int)(number * unit);
	return true;
}

static bool
take_list(struct loading *loading, const char *key, const char *value, void *target)
{
	struct config_list *list = target;
	struct view rest = view_of(value), item;

	while (view_next_field(&rest, ',', &item)) {
		item = view_trim(item);
		if (item.size == 0)
			continue;
		if (list->count == CONFIG_LIST_MAX)
			return wrong(loading, key, "has too many entries");
		list->items[list->count++] = arena_string(loading->config->arena, item);
	}
	return true;
}

static bool
take_auth(struct loading *loading, const char *key, const char *value, void *target)
{
	(void)target;
	if (strcmp(value, "password") == 0)
		return true;
	return wrong(loading, key, "\"%s\" is not supported; use password", value);
}

/*
 * systemd puts credentials as files into $CREDENTIALS_DIRECTORY (systemd.exec(5)). A command at a
 * terminal has none of that, and most need no password: it gets the path of the service's, which
 * matters only to one that logs in.
 */
static bool
take_credential(struct loading *loading, const char *key, const char *value, void *target)
{
	const char *passed = getenv("CREDENTIALS_DIRECTORY");
	const char *directory = passed ? passed : "/run/credentials/casepostd.service";
	const char **path = target;

	if (strchr(value, '/') || value[0] == '\0')
		return wrong(loading, key, "\"%s\" is no name of a credential", value);
	*path = arena_format(loading->config->arena, "%s/%s", directory, value).data;
	if (passed && access(*path, R_OK) < 0)
		return wrong(loading, key,
			"systemd passed no credential \"%s\"; add LoadCredential= to the unit",
			value);
	return true;
}

struct key {
	const char *section;
	const char *name;
	taker take;
	size_t offset; /* of the target in struct config or struct config_mailbox */
	bool is_list;
};

#define STORE(name, take, member)                                                                  \
	{                                                                                          \
		"store", name, take, offsetof(struct config, member), false                        \
	}
#define WEB(name, take, member)                                                                    \
	{                                                                                          \
		"web", name, take, offsetof(struct config, member), false                          \
	}
#define MAILBOX(name, take, member)                                                                \
	{                                                                                          \
		"mailbox", name, take, offsetof(struct config_mailbox, member), false              \
	}

static const struct key KEYS[] = {
	STORE("directory", take_text, directory),
	WEB("listen", take_text, listen),
	WEB("researchers", take_text, researchers),
	WEB("tls_certificate", take_file, tls_certificate),
	WEB("tls_key", take_file, tls_key),
	MAILBOX("host", take_text, host),
	MAILBOX("port", take_port, port),
	MAILBOX("security", take_security, security),
	MAILBOX("ca_file", take_file, ca_file),
	MAILBOX("user", take_text, user),
	MAILBOX("password_file", take_file, password_file),
	MAILBOX("password_credential", take_credential, password_file),
	MAILBOX("auth", take_auth, name),
	{"mailbox", "folders", take_list, offsetof(struct config_mailbox, folders), true},
	MAILBOX("sent_folder", take_optional, sent_folder),
	MAILBOX("idle", take_bool, idle),
	MAILBOX("poll_interval", take_duration, poll_interval_s),
	{"call", "vocabulary", take_file, offsetof(struct config, vocabulary), false},
	{"call", "owner", take_list, offsetof(struct config, owners), true},
};

_Static_assert(sizeof(KEYS) / sizeof(KEYS[0]) == KEY_COUNT, "each key is seen or not");

static bool
is_section(const char *name)
{
	for (size_t i = 0; i < KEY_COUNT; i++)
		if (strcmp(KEYS[i].section, name) == 0)
			return true;
	return false;
}

static bool
begin_mailbox(struct loading *loading, const char *name)
{
	struct config *config = loading->config;
	struct view trimmed = view_trim(view_of(name));

	if (trimmed.size == 0)
		return wrong(loading, "[mailbox]", "needs a name: [mailbox research]");
	if (trimmed.size > 60 || view_find_byte(trimmed, '/', 0) != SIZE_MAX)
		return wrong(loading, "[mailbox]", "\"%s\" is too long a name or has a /", name);
	for (size_t i = 0; i < config->mailbox_count; i++)
		if (view_equal(view_of(config->mailboxes[i].name), trimmed))
			return wrong(loading, "[mailbox]", "\"%.*s\" is there twice",
				(int)trimmed.size, trimmed.data);
	loading->mailbox = arena_push(config->arena, &config->mailboxes, &config->mailbox_count,
		&loading->mailbox_capacity, sizeof(*config->mailboxes), CONFIG_MAILBOXES_MAX);
	if (!loading->mailbox)
		return wrong(loading, "[mailbox]", "there are too many mailboxes");
	*loading->mailbox = (struct config_mailbox){
		.line = loading->line,
		.name = arena_string(config->arena, trimmed),
		.idle = true,
		.poll_interval_s = 300,
	};
	return true;
}

static bool
begin_section(struct loading *loading, const char *section)
{
	(void)snprintf(loading->section, sizeof(loading->section), "%s", section);
	loading->key[0] = '\0';
	loading->mailbox = NULL;
	if (strncmp(section, "mailbox", 7) == 0 && (section[7] == ' ' || section[7] == '\0')) {
		memset(loading->seen_in_mailbox, 0, sizeof(loading->seen_in_mailbox));
		return begin_mailbox(loading, section + 7);
	}
	if (!is_section(section))
		return wrong(loading, "section",
			"[%s] is none of [store], [web], [mailbox NAME], [call]", section);
	return true;
}

static const struct key *
find_key(const struct loading *loading, const char *name)
{
	const char *section = loading->mailbox ? "mailbox" : loading->section;

	for (size_t i = 0; i < KEY_COUNT; i++)
		if (strcmp(KEYS[i].section, section) == 0 && strcmp(KEYS[i].name, name) == 0)
			return &KEYS[i];
	return NULL;
}

/* A key stands in its section once; only a list may go on in the next, indented line. */
static bool
check_first(struct loading *loading, const struct key *key)
{
	bool *seen = &(loading->mailbox ? loading->seen_in_mailbox : loading->seen)[key - KEYS];
	bool continues = loading->is_indented && strcmp(loading->key, key->name) == 0;

	if (continues && !key->is_list)
		return wrong(loading, key->name, "does not go on in a second line");
	if (*seen && !continues)
		return wrong(loading, key->name, "is there twice");
	*seen = true;
	return true;
}

static int
take_line(void *user, const char *section, const char *name, const char *value)
{
	struct loading *loading = user;
	const struct key *key;
	char *base;

	if (loading->error.reach != ERROR_NONE)
		return 1; /* the first error counts */
	if (section[0] == '\0' || strcmp(loading->section, section) != 0)
		return wrong(loading, name, "stands in no [section]");
	key = find_key(loading, name);
	if (!key)
		return wrong(loading, name, "is no key of [%s]", loading->section);
	if (!check_first(loading, key))
		return 0;
	(void)snprintf(loading->key, sizeof(loading->key), "%s", name);
	base = loading->mailbox ? (char *)loading->mailbox : (char *)loading->config;
	return key->take(loading, name, value, base + key->offset);
}

/* The name between the brackets of a line that opens a section. */
static bool
take_section(struct loading *loading, struct view line)
{
	size_t end = view_find_byte(line, ']', 0);
	char name[SECTION_MAX + 1];

	if (end == SIZE_MAX)
		return true; /* inih tells that the line is none */
	if (end - 1 > SECTION_MAX)
		return wrong(loading, "section", "the name is too long");
	(void)snprintf(name, sizeof(name), "%.*s", (int)(end - 1), line.data + 1);
	return begin_section(loading, name);
}

/*
 * Gives inih the text line by line, as fgets() would, and keeps count, because inih tells its
 * handler neither the line nor the sections without a key. After an error there is no more text.
 */
static char *
read_line(char *buffer, int size, void *stream)
{
	struct loading *loading = stream;
	struct view line;

	if (loading->error.reach != ERROR_NONE || !view_next_line(&loading->rest, &line))
		return NULL;
	loading->line++;
	if (loading->line == 1 && view_starts_with(line, VIEW("\xEF\xBB\xBF")))
		line = view_slice(line, 3, line.size);
	loading->is_indented = line.size > 0 && (line.data[0] == ' ' || line.data[0] == '\t');
	if (view_starts_with(line, VIEW("[")) && !take_section(loading, line))
		return NULL;
	(void)snprintf(buffer, (size_t)size, "%.*s\n", (int)line.size, line.data);
	return buffer;
}

static bool
check_lines(struct view text, const char *path, struct error *err)
{
	struct view line;

	for (int number = 1; view_next_line(&text, &line); number++) {
		if (view_find_byte(line, '\0', 0) != SIZE_MAX)
			return error_set(err, ERROR_USAGE, "%s:%d: this is no text", path, number);
		if (line.size > LINE_MAX_BYTES)
			return error_set(err, ERROR_USAGE,
				"%s:%d: the line is longer than %d bytes; a list may go on in the "
				"next line, indented",
				path, number, LINE_MAX_BYTES);
	}
	return true;
}

/* By name, before anything is connected; the fetcher looks at the peer's address as well. */
static bool
is_loopback(const char *host)
{
	return strcmp(host, "localhost") == 0 || strcmp(host, "::1") == 0 ||
	       strncmp(host, "127.", 4) == 0;
}

static bool
finish_mailbox(const struct config *config, struct config_mailbox *mailbox, struct error *err)
{
	const char *lacks = !mailbox->host            ? "host"
			    : !mailbox->user          ? "user"
			    : !mailbox->password_file ? "password_file"
						      : NULL;

	if (lacks)
		return error_set(err, ERROR_USAGE, "%s:%d: %s: is missing in [mailbox %s]",
			config->path, mailbox->line, lacks, mailbox->name);
	if (mailbox->security == SECURITY_INSECURE && !is_loopback(mailbox->host))
		return error_set(err, ERROR_USAGE,
			"%s:%d: security: insecure is for this machine only (localhost, 127.0.0.1, "
			"::1), and %s is not: use tls or starttls",
			config->path, mailbox->line, mailbox->host);
	if (mailbox->port == 0)
		mailbox->port = mailbox->security == SECURITY_TLS ? 993 : 143;
	if (mailbox->folders.count == 0)
		mailbox->folders = (struct config_list){{"INBOX"}, 1};
	return true;
}

static bool
finish(struct config *config, struct error *err)
{
	if ((config->tls_certificate == NULL) != (config->tls_key == NULL))
		return error_set(err, ERROR_USAGE,
			"%s: tls_certificate: needs tls_key beside it, and the reverse",
			config->path);
	for (size_t i = 0; i < config->mailbox_count; i++)
		if (!finish_mailbox(config, &config->mailboxes[i], err))
			return false;
	return true;
}

bool
config_load(struct config **ret_config, const char *path, struct error *err)
{
	CLEANUP(config_freep) struct config *config = calloc(1, sizeof(*config));
	CLEANUP(str_free) struct str text = str_new(FILE_MAX);
	struct loading loading = {.config = config};
	int line;

	if (!config)
		abort();
	config->arena = arena_new(ARENA_MAX);
	config->path = arena_string(config->arena, view_of(path));
	config->directory = "/var/lib/casepost";
	config->listen = "127.0.0.1:8025";
	config->researchers = "/etc/casepost/researchers";
	if (!fd_read_file(path, FILE_MAX, &text, err)) {
		err->reach = ERROR_USAGE;
		return false;
	}
	if (!check_lines(str_view(&text), path, err))
		return false;
	loading.rest = str_view(&text);
	line = ini_parse_stream(read_line, &loading, take_line, &loading);
	/* inih goes on behind a line that is none, so the first one counts. */
	if (loading.error.reach != ERROR_NONE && (line == 0 || line >= loading.line))
		return error_set(
			err, ERROR_USAGE, "%s:%d: %s", path, loading.line, loading.error.text);
	if (line != 0)
		return error_set(err, ERROR_USAGE,
			"%s:%d: this is neither a [section] nor a line of the form key = value",
			path, line);
	if (!finish(config, err))
		return false;
	*ret_config = TAKE(config);
	return true;
}

void
config_free(struct config *config)
{
	if (!config)
		return;
	arena_free(config->arena);
	free(config);
}

bool
config_read_password(
	const struct config_mailbox *mailbox, struct str *ret_password, struct error *err)
{
	CLEANUP(str_free) struct str text = str_new(PASSWORD_MAX);
	struct view rest, line;

	if (!fd_read_file(mailbox->password_file, PASSWORD_MAX, &text, err))
		return error_context(err, "the password of mailbox %s", mailbox->name);
	rest = str_view(&text);
	if (!view_next_line(&rest, &line) || line.size == 0)
		return error_set(err, ERROR_USAGE, "%s: the password of mailbox %s is empty",
			mailbox->password_file, mailbox->name);
	str_clear(ret_password);
	str_append(ret_password, line);
	explicit_bzero(text.data, text.size);
	return true;
}

static bool
same_text(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

static bool
same_list(const struct config_list *a, const struct config_list *b)
{
	if (a->count != b->count)
		return false;
	for (size_t i = 0; i < a->count; i++)
		if (strcmp(a->items[i], b->items[i]) != 0)
			return false;
	return true;
}

bool
config_same_mailbox(const struct config_mailbox *a, const struct config_mailbox *b)
{
	return same_text(a->name, b->name) && same_text(a->host, b->host) && a->port == b->port &&
	       a->security == b->security && same_text(a->ca_file, b->ca_file) &&
	       same_text(a->user, b->user) && same_text(a->password_file, b->password_file) &&
	       same_list(&a->folders, &b->folders) && a->idle == b->idle &&
	       a->poll_interval_s == b->poll_interval_s;
}
