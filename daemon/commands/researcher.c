/*
 * casepost researcher: logins for the site, as name:hash lines. The file is replaced as a whole,
 * so that a reader never sees half of it.
 */
#include <crypt.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include "base/fd.h"
#include "daemon/commands/command.h"

static const char USAGE[] = "add NAME | remove NAME | list";

enum { FILE_MAX = 1024 * 1024, PASSWORD_MAX = 512, PASSWORD_MIN = 8 };

static bool
is_name(struct view name)
{
	if (name.size == 0 || name.size > 64)
		return false;
	for (size_t i = 0; i < name.size; i++) {
		unsigned char c = (unsigned char)name.data[i];

		if (c <= ' ' || c == ':' || c == 0x7F)
			return false;
	}
	return true;
}

static bool
read_lines(const char *path, struct str *ret_text, struct error *err)
{
	if (access(path, F_OK) < 0 && errno == ENOENT)
		return true;
	return fd_read_file(path, FILE_MAX, ret_text, err);
}

static struct view
name_of(struct view line)
{
	size_t colon = view_find_byte(line, ':', 0);

	return view_trim(view_slice(line, 0, colon == SIZE_MAX ? line.size : colon));
}

/* Copies the lines of all others; true if the name was among them. */
static bool
copy_others(struct view text, struct view name, struct str *out)
{
	struct view line;
	bool found = false;

	while (view_next_line(&text, &line)) {
		if (view_equal(name_of(line), name)) {
			found = true;
			continue;
		}
		str_append(out, line);
		str_append_byte(out, '\n');
	}
	return found;
}

/* Writes beside the file, then renames: with the mode and owner of the old one, else 0640. */
static bool
replace_file(const char *path, struct view text, struct error *err)
{
	CLEANUP(str_free) struct str beside = str_new(4096);
	CLEANUP(fd_close) int fd = -1;
	struct stat old;
	bool existed = stat(path, &old) == 0;

	str_append_format(&beside, "%s.new", path);
	fd = open(str_text(&beside), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0640);
	if (fd < 0)
		return error_set_errno(err, ERROR_STORAGE, "cannot write %s", str_text(&beside));
	if (existed &&
		(fchmod(fd, old.st_mode & 07777) < 0 || fchown(fd, old.st_uid, old.st_gid) < 0))
		return error_set_errno(err, ERROR_STORAGE, "cannot keep the owner of %s", path);
	if (!fd_write_all(fd, text, err))
		return error_context(err, "%s", str_text(&beside));
	if (fsync(fd) < 0 || rename(str_text(&beside), path) < 0)
		return error_set_errno(err, ERROR_STORAGE, "cannot replace %s", path);
	return true;
}

/* One line from stdin, without echo on a terminal. */
static bool
read_password(const char *name, struct str *ret_password, struct error *err)
{
	struct termios before, silent;
	bool terminal = isatty(STDIN_FILENO) && tcgetattr(STDIN_FILENO, &before) == 0;
	char line[PASSWORD_MAX];
	bool got;

	if (terminal) {
		fprintf(stderr, "Password for %s: ", name);
		silent = before;
		silent.c_lflag &= (tcflag_t)~ECHO;
		(void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent);
	}
	got = fgets(line, sizeof(line), stdin) != NULL;
	if (terminal) {
		(void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
		fprintf(stderr, "\n");
	}
	if (!got)
		return error_set(err, ERROR_USAGE, "no password came on standard input");
	line[strcspn(line, "\r\n")] = '\0';
	if (strlen(line) < PASSWORD_MIN) {
		explicit_bzero(line, sizeof(line));
		return error_set(
			err, ERROR_USAGE, "a password has at least %d characters", PASSWORD_MIN);
	}
	str_append(ret_password, view_of(line));
	explicit_bzero(line, sizeof(line));
	return true;
}

static bool
append_login(const char *name, struct str *out, struct error *err)
{
	CLEANUP(str_free) struct str password = str_new(PASSWORD_MAX);
	struct crypt_data data = {0};
	char *salt, *hash;

	if (!read_password(name, &password, err))
		return false;
	salt = crypt_gensalt_ra("$y$", 0, NULL, 0);
	hash = salt ? crypt_r(str_text(&password), salt, &data) : NULL;
	free(salt);
	explicit_bzero(password.data, password.size);
	if (!hash || hash[0] == '*')
		return error_set_errno(err, ERROR_PROGRAM, "cannot hash the password");
	str_append_format(out, "%s:%s\n", name, hash);
	return true;
}

static bool
change(const char *path, const char *name, bool add, struct error *err)
{
	CLEANUP(str_free) struct str text = str_new(FILE_MAX), changed = str_new(FILE_MAX);
	bool found;

	if (!read_lines(path, &text, err))
		return false;
	found = copy_others(str_view(&text), view_of(name), &changed);
	if (!add && !found)
		return error_set(err, ERROR_USAGE, "%s has no researcher \"%s\"", path, name);
	if (add && !append_login(name, &changed, err))
		return false;
	return replace_file(path, str_view(&changed), err);
}

static bool
list(const char *path, struct error *err)
{
	CLEANUP(str_free) struct str text = str_new(FILE_MAX);
	struct view rest, line;

	if (!read_lines(path, &text, err))
		return false;
	rest = str_view(&text);
	while (view_next_line(&rest, &line)) {
		struct view name = name_of(line);

		if (name.size > 0 && name.data[0] != '#')
			printf("%.*s\n", (int)name.size, name.data);
	}
	return true;
}

int
command_researcher(const struct call *call)
{
	CLEANUP(config_freep) struct config *config = NULL;
	struct error err = {0};
	bool add, ok;

	if (call->argc < 1)
		return command_misused(call, USAGE, "says nothing to do");
	add = strcmp(call->argv[0], "add") == 0;
	if (strcmp(call->argv[0], "list") == 0
			? call->argc != 1
			: call->argc != 2 || (!add && strcmp(call->argv[0], "remove") != 0))
		return command_misused(call, USAGE, "cannot be understood");
	if (call->argc == 2 && !is_name(view_of(call->argv[1])))
		return command_misused(call, USAGE,
			"a name has no spaces and no colon, and at most 64 characters");
	config = command_config(call);
	if (!config)
		return STATUS_USAGE;
	ok = call->argc == 1 ? list(config->researchers, &err)
			     : change(config->researchers, call->argv[1], add, &err);
	return ok ? STATUS_DONE : command_fail(call, &err);
}
