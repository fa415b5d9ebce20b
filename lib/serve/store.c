/*
 * A few read-only connections that the server's threads share.
 */
#include "serve/store.h"

#include <pthread.h>
#include <stdlib.h>
#include <sys/stat.h>

struct connection {
	struct reader *reader;
	struct archive *archive;
	dev_t device; /* of the casebook's file when it was opened */
	ino_t inode;
	bool is_lent;
};

struct store {
	struct str directory;
	struct str casebook_path;
	pthread_mutex_t lock; /* guards is_lent of all connections */
	pthread_cond_t returned;
	struct connection *connections;
	size_t count;
};

struct store *
store_new(const char *directory, size_t connections)
{
	struct store *store = calloc(1, sizeof(*store));

	if (!store || pthread_mutex_init(&store->lock, NULL) != 0 ||
		pthread_cond_init(&store->returned, NULL) != 0)
		abort();
	store->directory = str_new(4096);
	store->casebook_path = str_new(4096);
	str_append(&store->directory, view_of(directory));
	str_append_format(&store->casebook_path, "%s/cases.db", directory);
	store->connections = calloc(connections, sizeof(*store->connections));
	if (!store->connections)
		abort();
	store->count = connections;
	return store;
}

static void
close_connection(struct connection *connection)
{
	reader_close(TAKE(connection->reader));
	archive_close(TAKE(connection->archive));
}

void
store_free(struct store *store)
{
	if (!store)
		return;
	for (size_t i = 0; i < store->count; i++)
		close_connection(&store->connections[i]);
	free(store->connections);
	str_free(&store->directory);
	str_free(&store->casebook_path);
	pthread_cond_destroy(&store->returned);
	pthread_mutex_destroy(&store->lock);
	free(store);
}

static size_t
take_free(struct store *store)
{
	size_t number = store->count;

	pthread_mutex_lock(&store->lock);
	while (number == store->count) {
		for (number = 0; number < store->count; number++)
			if (!store->connections[number].is_lent)
				break;
		if (number == store->count)
			pthread_cond_wait(&store->returned, &store->lock);
	}
	store->connections[number].is_lent = true;
	pthread_mutex_unlock(&store->lock);
	return number;
}

/* The connection is lent to this thread, so nobody else touches it. */
static bool
make_ready(struct store *store, struct connection *connection, struct error *err)
{
	struct stat now;

	if (stat(str_text(&store->casebook_path), &now) < 0)
		return error_set(err, ERROR_STORAGE, "there is no casebook yet");
	if (connection->reader &&
		(now.st_dev != connection->device || now.st_ino != connection->inode))
		close_connection(connection);
	if (!connection->reader &&
		!reader_open(&connection->reader, str_text(&store->directory), err))
		return false;
	connection->device = now.st_dev;
	connection->inode = now.st_ino;
	return connection->archive ||
	       archive_open(&connection->archive, str_text(&store->directory), DB_READ, err);
}

bool
store_borrow(struct store *store, struct lease *ret_lease, struct error *err)
{
	size_t number = take_free(store);
	struct connection *connection = &store->connections[number];
	struct lease lease = {.number = number};

	if (!make_ready(store, connection, err)) {
		store_return(store, &lease);
		return false;
	}
	lease.reader = connection->reader;
	lease.archive = connection->archive;
	*ret_lease = lease;
	return true;
}

void
store_return(struct store *store, struct lease *lease)
{
	pthread_mutex_lock(&store->lock);
	store->connections[lease->number].is_lent = false;
	pthread_cond_signal(&store->returned);
	pthread_mutex_unlock(&store->lock);
	*lease = (struct lease){0};
}
