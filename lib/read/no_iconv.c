/*
 * GMime and GLib convert charsets by iconv(3), which loads a module from a file when a charset is
 * first met. In the sandbox that would be the end of the process, and a message could choose it.
 * The reader converts by ICU (charset.c), so its iconv_open() knows no charset: the executable's
 * definition takes the place of the C library's. An object of its own and in no library, because
 * the programs that talk to servers need the true one.
 */
#include <errno.h>
#include <iconv.h>

iconv_t
iconv_open(const char *to, const char *from)
{
	(void)to;
	(void)from;
	errno = EINVAL;
	return (iconv_t)-1; /* NOLINT: the value that POSIX wants */
}
