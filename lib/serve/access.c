/*
 * Logins. Passwords are compared by crypt(3) in the researchers' file's own methods; a verified
 * pair is remembered for minutes under a random salt, because a page takes a millisecond and
 * yescrypt takes fifty.
 */
#include "serve/access.h"

#include <crypt.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/digest.h"
#include "base/fd.h"

enum {
	FILE_BYTES_MAX = 1024 * 1024,
	REMEMBERED_MAX = 64,
	REMEMBERED_MS = 5 * 60 * 1000,
	SLOWED_MAX = 256,    /* addresses; the one that failed longest ago makes room */
	FREE_FAILURES = 5,   /* people mistype */
	SLOW_STEP_MS = 1000, /* then a second, two, four … */
	SLOW_MOST_MS = 60 * 1000,
	FORGET_MS = 15 * 60 * 1000, /* an address without failures for as long begins anew */
};

/* yescrypt of a random password that nobody knows: what an unknown name is compared with while
 * the file has no line of its own. Same cost as Debian's default. */
static const char nobody[] =
	"$y$j9T$kqmyVDSZk1ERpNAHIS2Mf/$gAfPPgL9ZQGCB9s6ejT51YhsL365pPRVd5HJmrZmZ43";

struct researcher {
	struct view name; /* into access.file */
	struct view hash;
};

struct remembered {
	uint8_t digest[SHA256_SIZE];
	int64_t until_ms; /* 0: free */
};

struct slowed {
	uint8_t from[SHA256_SIZE]; /* digest of the address: fixed size, no address kept */
	int64_t failed_ms;
	unsigned failures; /* 0: free */
};

struct access {
	struct str path;
	pthread_mutex_t lock; /* guards all below; crypt(3) runs without it */
	struct str file;
	struct researcher researchers[ACCESS_RESEARCHERS_MAX];
	size_t count;
	struct timespec changed;
	off_t size;
	uint8_t salt[32];
	struct remembered remembered[REMEMBERED_MAX];
	struct slowed slowed[SLOWED_MAX];
};

static bool
parse(struct access *access, struct error *err)
{
	struct view rest = str_view(&access->file), line;
	int number = 0;

	access->count = 0;
	while (view_next_line(&rest, &line)) {
		size_t colon = view_find_byte(line, ':', 0);
		struct researcher *researcher;

		number++;
		if (view_trim(line).size == 0 || line.data[0] == '#')
			continue;
		if (colon == SIZE_MAX || colon == 0 || colon > ACCESS_NAME_MAX ||
			colon + 2 >= line.size || line.data[colon + 1] != '$')
			return error_set(err, ERROR_USAGE,
				"%s:%d: a line has to be name:hash, as `casepost researcher add` "
				"writes it",
				str_text(&access->path), number);
		if (access->count == ACCESS_RESEARCHERS_MAX)
			return error_set(err, ERROR_USAGE, "%s:%d: more than %d researchers",
				str_text(&access->path), number, ACCESS_RESEARCHERS_MAX);
		researcher = &access->researchers[access->count++];
		researcher->name = view_slice(line, 0, colon);
		researcher->hash = view_trim(view_slice(line, colon + 1, line.size));
	}
	return true;
}

/* Forgets all that the file of before allowed. */
static bool
load(struct access *access, struct error *err)
{
	struct stat now = {0};

	access->count = 0;
	memset(access->remembered, 0, sizeof(access->remembered));
	if (stat(str_text(&access->path), &now) < 0)
		return error_set_errno(err, ERROR_USAGE, "%s", str_text(&access->path));
	access->changed = now.st_mtim;
	access->size = now.st_size;
	str_clear(&access->file);
	if (!fd_read_file(str_text(&access->path), FILE_BYTES_MAX, &access->file, err)) {
		if (err)
			err->reach = ERROR_USAGE;
		return false;
	}
	if (!parse(access, err)) {
		access->count = 0;
		return false;
	}
	return true;
}

static void
reload_if_changed(struct access *access)
{
	struct stat now;

	if (stat(str_text(&access->path), &now) == 0 &&
		now.st_mtim.tv_sec == access->changed.tv_sec &&
		now.st_mtim.tv_nsec == access->changed.tv_nsec && now.st_size == access->size)
		return;
	(void)load(access, NULL); /* one that is wrong lets nobody in, as the header says */
}

bool
access_open(struct access **ret_access, const char *path, struct error *err)
{
	CLEANUP(access_closep) struct access *access = calloc(1, sizeof(*access));

	if (!access || pthread_mutex_init(&access->lock, NULL) != 0)
		abort();
	access->path = str_new(4096);
	access->file = str_new(FILE_BYTES_MAX);
	str_append(&access->path, view_of(path));
	if (getrandom(access->salt, sizeof(access->salt), 0) != (ssize_t)sizeof(access->salt))
		return error_set_errno(err, ERROR_PROGRAM, "no random numbers");
	if (!load(access, err))
		return false;
	*ret_access = TAKE(access);
	return true;
}

void
access_close(struct access *access)
{
	if (!access)
		return;
	explicit_bzero(access->salt, sizeof(access->salt));
	str_free(&access->path);
	str_free(&access->file);
	pthread_mutex_destroy(&access->lock);
	free(access);
}

/* Equal or not in a time that depends on the sizes alone. */
static bool
is_same(const void *a, const void *b, size_t size)
{
	const volatile unsigned char *x = a, *y = b;
	unsigned char difference = 0;

	for (size_t i = 0; i < size; i++)
		difference |= x[i] ^ y[i];
	return difference == 0;
}

static void
digest_pair(const struct access *access, struct view name, struct view password,
	uint8_t ret_digest[SHA256_SIZE])
{
	struct digest *digest = digest_start();

	digest_update(digest, view_make(access->salt, sizeof(access->salt)));
	digest_update(digest, name);
	digest_update(digest, view_make("", 1));
	digest_update(digest, password);
	digest_finish(digest, ret_digest);
}

static bool
is_remembered(const struct access *access, const uint8_t digest[SHA256_SIZE], int64_t now_ms)
{
	bool found = false;

	for (size_t i = 0; i < REMEMBERED_MAX; i++)
		found |= access->remembered[i].until_ms > now_ms &&
			 is_same(access->remembered[i].digest, digest, SHA256_SIZE);
	return found;
}

static void
remember(struct access *access, const uint8_t digest[SHA256_SIZE], int64_t now_ms)
{
	struct remembered *oldest = &access->remembered[0];

	for (size_t i = 1; i < REMEMBERED_MAX; i++)
		if (access->remembered[i].until_ms < oldest->until_ms)
			oldest = &access->remembered[i];
	memcpy(oldest->digest, digest, SHA256_SIZE);
	oldest->until_ms = now_ms + REMEMBERED_MS;
}

/* The entry of an address, or the one to be used for it. */
static struct slowed *
find_slowed(struct access *access, struct view from, int64_t now_ms)
{
	struct slowed *oldest = &access->slowed[0];
	uint8_t digest[SHA256_SIZE];

	digest_sha256(from, digest);
	for (size_t i = 0; i < SLOWED_MAX; i++) {
		struct slowed *entry = &access->slowed[i];

		if (entry->failures && now_ms - entry->failed_ms > FORGET_MS)
			*entry = (struct slowed){0};
		if (entry->failures && memcmp(entry->from, digest, SHA256_SIZE) == 0)
			return entry;
		if (entry->failed_ms < oldest->failed_ms)
			oldest = entry;
	}
	*oldest = (struct slowed){0};
	memcpy(oldest->from, digest, SHA256_SIZE);
	return oldest;
}

static int64_t
wait_after(unsigned failures)
{
	int64_t wait_ms = SLOW_STEP_MS;

	if (failures < FREE_FAILURES)
		return 0;
	for (unsigned i = FREE_FAILURES; i < failures && wait_ms < SLOW_MOST_MS; i++)
		wait_ms *= 2;
	return wait_ms < SLOW_MOST_MS ? wait_ms : SLOW_MOST_MS;
}

/* The hash to compare with: the researcher's, or for an unknown name another of the same cost. */
static bool
copy_hash(const struct access *access, struct view name, char ret_hash[CRYPT_OUTPUT_SIZE])
{
	struct view hash = access->count ? access->researchers[0].hash : view_of(nobody);
	bool found = false;

	for (size_t i = 0; i < access->count; i++)
		if (view_equal(access->researchers[i].name, name)) {
			hash = access->researchers[i].hash;
			found = true;
		}
	snprintf(ret_hash, CRYPT_OUTPUT_SIZE, "%.*s", (int)hash.size, hash.data);
	return found;
}

/* Runs crypt(3): tens of milliseconds and 16 MiB, so without the lock. */
static bool
verify(const char *hash, struct view password)
{
	struct crypt_data *data = calloc(1, sizeof(*data));
	char text[ACCESS_PASSWORD_MAX + 1];
	const char *computed;
	bool ok;

	if (!data)
		abort();
	memcpy(text, password.data, password.size);
	text[password.size] = '\0';
	computed = crypt_r(text, hash, data);
	ok = computed && computed[0] != '*' && strlen(computed) == strlen(hash) &&
	     is_same(computed, hash, strlen(hash));
	explicit_bzero(text, sizeof(text));
	explicit_bzero(data, sizeof(*data));
	free(data);
	return ok;
}

static bool
is_possible(struct view name, struct view password)
{
	return name.size > 0 && name.size <= ACCESS_NAME_MAX && password.size > 0 &&
	       password.size <= ACCESS_PASSWORD_MAX &&
	       view_find_byte(password, '\0', 0) == SIZE_MAX;
}

static enum access_verdict
note_outcome(struct access *access, bool ok, const uint8_t pair[SHA256_SIZE], struct view from)
{
	int64_t now_ms = clock_monotonic_ms();
	struct slowed *slowed;

	pthread_mutex_lock(&access->lock);
	slowed = find_slowed(access, from, now_ms);
	if (ok) {
		slowed->failures = 0;
		slowed->failed_ms = 0;
		remember(access, pair, now_ms);
	} else {
		slowed->failures++;
		slowed->failed_ms = now_ms;
	}
	pthread_mutex_unlock(&access->lock);
	return ok ? ACCESS_GRANTED : ACCESS_DENIED;
}

enum access_verdict
access_judge(struct access *access, struct view name, struct view password, struct view from,
	unsigned *ret_wait_s)
{
	int64_t now_ms = clock_monotonic_ms(), left_ms;
	uint8_t pair[SHA256_SIZE];
	char hash[CRYPT_OUTPUT_SIZE];
	struct slowed *slowed;
	bool is_known, is_verified;

	pthread_mutex_lock(&access->lock);
	reload_if_changed(access);
	digest_pair(access, name, password, pair);
	is_verified = is_remembered(access, pair, now_ms);
	slowed = find_slowed(access, from, now_ms);
	left_ms = slowed->failed_ms + wait_after(slowed->failures) - now_ms;
	if (slowed->failures < FREE_FAILURES)
		left_ms = 0;
	is_known = copy_hash(access, name, hash);
	pthread_mutex_unlock(&access->lock);
	if (is_verified)
		return ACCESS_GRANTED;
	if (left_ms > 0) {
		*ret_wait_s = (unsigned)(left_ms + 999) / 1000;
		return ACCESS_SLOWED;
	}
	if (!is_possible(name, password))
		return note_outcome(access, false, pair, from);
	is_verified = verify(hash, password);
	return note_outcome(access, is_verified && is_known, pair, from);
}
