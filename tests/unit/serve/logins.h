#ifndef TESTS_UNIT_SERVE_LOGINS_H
#define TESTS_UNIT_SERVE_LOGINS_H

#include <crypt.h>
#include <stdio.h>
#include <stdlib.h>

/** A researchers' file: ada, whose password is "correct horse". The cheapest yescrypt there is. */
static inline void
logins_write(const char *path, const char *name, const char *password)
{
	struct crypt_data *data = calloc(1, sizeof(*data));
	FILE *file = fopen(path, "we");

	if (!file || !data)
		abort();
	fprintf(file, "# logins\n\n%s:%s\n", name,
		crypt_r(password, "$y$j75$abcdefghijklmnop", data));
	fclose(file);
	free(data);
}

#endif
