/*
 * Something asked of the deriver by another thread.
 */
#include "daemon/request.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/fd.h"

bool
request_init(struct request *request, enum request_kind kind, struct error *err)
{
	*request = (struct request){.kind = kind, .done_fd = eventfd(0, EFD_CLOEXEC)};
	if (request->done_fd < 0)
		return error_set_errno(err, ERROR_PROGRAM, "cannot make an eventfd");
	return true;
}

void
request_free(struct request *request)
{
	fd_close(&request->done_fd);
}

void
request_finish(struct request *request, bool ok, const struct error *error)
{
	uint64_t one = 1;

	request->ok = ok;
	request->error = *error;
	if (write(request->done_fd, &one, sizeof(one)) < 0)
		abort(); /* an eventfd of ours takes one count always */
}

void
request_wait(struct request *request)
{
	uint64_t count;

	while (read(request->done_fd, &count, sizeof(count)) < 0 && errno == EINTR)
		;
}
