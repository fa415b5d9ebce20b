/*
 * Finding our own files from /proc/self/exe.
 */
#include "daemon/paths.h"

#include <limits.h>
#include <stdlib.h>
#include <unistd.h>

/* Appends the folder of the running program. */
static bool
own_folder(struct str *out, struct error *err)
{
	char path[PATH_MAX];
	ssize_t size = readlink("/proc/self/exe", path, sizeof(path));

	while (size > 0 && path[size - 1] != '/')
		size--;
	if (size <= 0)
		return error_set_errno(err, ERROR_PROGRAM, "cannot tell where this program is");
	str_append(out, view_make(path, (size_t)size));
	return true;
}

/* The first of `folders`, relative to the program, that has `name`. */
static bool
find(const char *const *folders, const char *name, int mode, struct str *ret_path,
	struct error *err)
{
	CLEANUP(str_free) struct str own = str_new(PATH_MAX);

	if (!own_folder(&own, err))
		return false;
	for (size_t i = 0; folders[i]; i++) {
		CLEANUP(str_free) struct str path = str_new(PATH_MAX);

		str_append_format(&path, "%s%s%s", str_text(&own), folders[i], name);
		if (access(str_text(&path), mode) == 0) {
			str_append(ret_path, str_view(&path));
			return true;
		}
	}
	return error_set(err, ERROR_PROGRAM, "%s is not installed beside %s", name, str_text(&own));
}

bool
paths_program(const char *name, struct str *ret_path, struct error *err)
{
	static const char *const FOLDERS[] = {"", "../libexec/casepost/", NULL};

	return find(FOLDERS, name, X_OK, ret_path, err);
}

bool
paths_vocabulary(struct str *ret_path, struct error *err)
{
	static const char *const FOLDERS[] = {"../schema/", "../share/casepost/", NULL};

	return find(FOLDERS, "vocabulary", R_OK | X_OK, ret_path, err);
}
