/*
 * Where daemon and commands meet.
 */
#include <stdio.h>

#include "daemon/control.h"

bool
control_path(const char *directory, char ret_path[CONTROL_PATH_SIZE], struct error *err)
{
	int size = snprintf(ret_path, CONTROL_PATH_SIZE, "%s/control", directory);

	if (size < 0 || size >= CONTROL_PATH_SIZE)
		return error_set(err, ERROR_USAGE,
			"the store's path is too long for a socket in it (%d bytes): %s",
			CONTROL_PATH_SIZE - 1, directory);
	return true;
}
