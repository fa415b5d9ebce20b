#include <fcntl.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "cmocka_all.h"
#include "fetch/tls.h"

/* An authority, another one, and a server's certificate in the making. */
struct authority {
	gnutls_x509_privkey_t key;
	gnutls_x509_crt_t certificate;
	char path[64];
};

struct fixture {
	struct authority ours, other;
};

enum { DAY = 24 * 60 * 60 };

static gnutls_x509_privkey_t
new_key(void)
{
	gnutls_x509_privkey_t key;

	assert_int_equal(gnutls_x509_privkey_init(&key), 0);
	assert_int_equal(gnutls_x509_privkey_generate(key, GNUTLS_PK_ECDSA,
				 GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1), 0),
		0);
	return key;
}

static gnutls_x509_crt_t
new_certificate(gnutls_x509_privkey_t key, const char *name, time_t from, time_t until)
{
	static unsigned char serial;
	gnutls_x509_crt_t certificate;

	serial++;
	assert_int_equal(gnutls_x509_crt_init(&certificate), 0);
	gnutls_x509_crt_set_version(certificate, 3);
	gnutls_x509_crt_set_serial(certificate, &serial, 1);
	gnutls_x509_crt_set_activation_time(certificate, from);
	gnutls_x509_crt_set_expiration_time(certificate, until);
	gnutls_x509_crt_set_dn_by_oid(
		certificate, GNUTLS_OID_X520_COMMON_NAME, 0, name, (unsigned)strlen(name));
	gnutls_x509_crt_set_key(certificate, key);
	return certificate;
}

static void
make_authority(struct authority *authority, const char *name)
{
	time_t now = time(NULL);
	gnutls_datum_t pem;
	int fd;

	authority->key = new_key();
	authority->certificate =
		new_certificate(authority->key, name, now - 30 * DAY, now + 30 * DAY);
	gnutls_x509_crt_set_basic_constraints(authority->certificate, 1, -1);
	gnutls_x509_crt_set_key_usage(authority->certificate, GNUTLS_KEY_KEY_CERT_SIGN);
	assert_int_equal(gnutls_x509_crt_sign2(authority->certificate, authority->certificate,
				 authority->key, GNUTLS_DIG_SHA256, 0),
		0);
	assert_int_equal(
		gnutls_x509_crt_export2(authority->certificate, GNUTLS_X509_FMT_PEM, &pem), 0);
	strcpy(authority->path, "/tmp/casepost-tls-XXXXXX");
	fd = mkstemp(authority->path);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, pem.data, pem.size), pem.size);
	close(fd);
	gnutls_free(pem.data);
}

static void
free_authority(struct authority *authority)
{
	unlink(authority->path);
	gnutls_x509_crt_deinit(authority->certificate);
	gnutls_x509_privkey_deinit(authority->key);
}

static int
set_up(void **state)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));

	assert_non_null(fixture);
	make_authority(&fixture->ours, "Our authority");
	make_authority(&fixture->other, "Another authority");
	*state = fixture;
	return 0;
}

static int
tear_down(void **state)
{
	struct fixture *fixture = *state;

	free_authority(&fixture->ours);
	free_authority(&fixture->other);
	free(fixture);
	return 0;
}

/* A server of one connection in a thread: shakes hands, counts what it is sent, echoes. */
struct server {
	gnutls_certificate_credentials_t credentials;
	const char *priority;
	int fd;
	ssize_t received;
	char bytes[64];
	pthread_t thread;
};

static void *
serve(void *context)
{
	struct server *server = context;
	gnutls_session_t session;
	int result;

	gnutls_init(&session, GNUTLS_SERVER);
	assert_int_equal(gnutls_priority_set_direct(session, server->priority, NULL), 0);
	gnutls_credentials_set(session, GNUTLS_CRD_CERTIFICATE, server->credentials);
	gnutls_transport_set_int(session, server->fd);
	do {
		result = gnutls_handshake(session);
	} while (result < 0 && !gnutls_error_is_fatal(result));
	if (result == 0) {
		server->received =
			gnutls_record_recv(session, server->bytes, sizeof(server->bytes));
		if (server->received > 0)
			gnutls_record_send(session, server->bytes, (size_t)server->received);
	}
	gnutls_deinit(session);
	shutdown(server->fd, SHUT_RDWR);
	return NULL;
}

struct certificate_options {
	const char *name;
	int from_days, until_days;
	const char *priority;
};

static int
start(struct server *server, const struct authority *signer,
	const struct certificate_options *options)
{
	gnutls_x509_privkey_t key = new_key();
	time_t now = time(NULL);
	gnutls_x509_crt_t certificate = new_certificate(key, options->name,
		now + options->from_days * DAY, now + options->until_days * DAY);
	int fds[2];

	gnutls_x509_crt_set_subject_alt_name(certificate, GNUTLS_SAN_DNSNAME, options->name,
		(unsigned)strlen(options->name), GNUTLS_FSAN_SET);
	gnutls_x509_crt_set_key_purpose_oid(certificate, GNUTLS_KP_TLS_WWW_SERVER, 0);
	assert_int_equal(gnutls_x509_crt_sign2(certificate, signer->certificate, signer->key,
				 GNUTLS_DIG_SHA256, 0),
		0);
	assert_int_equal(gnutls_certificate_allocate_credentials(&server->credentials), 0);
	assert_int_equal(
		gnutls_certificate_set_x509_key(server->credentials, &certificate, 1, key), 0);
	gnutls_x509_crt_deinit(certificate);
	gnutls_x509_privkey_deinit(key);
	server->priority = options->priority ? options->priority : "NORMAL";
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), 0);
	server->fd = fds[1];
	assert_int_equal(pthread_create(&server->thread, NULL, serve, server), 0);
	assert_int_equal(fcntl(fds[0], F_SETFL, O_NONBLOCK), 0);
	return fds[0];
}

static void
finish(struct server *server)
{
	pthread_join(server->thread, NULL);
	close(server->fd);
	gnutls_certificate_free_credentials(server->credentials);
}

static bool
shake_hands(struct tls *tls, int fd, struct error *err)
{
	enum tls_step step;

	while ((step = tls_handshake(tls, err)) != TLS_DONE) {
		struct pollfd waiting = {fd, step == TLS_WANTS_WRITE ? POLLOUT : POLLIN, 0};

		if (step == TLS_FAILED)
			return false;
		poll(&waiting, 1, 5000);
	}
	return true;
}

/* Greets the server as `host`; true if it was let in. Nothing must have been sent if it was not. */
static bool
greet(struct fixture *fixture, const struct authority *signer,
	const struct certificate_options *options, const char *host, struct error *err)
{
	struct server server = {0};
	struct tls *tls = NULL;
	int fd = start(&server, signer, options);
	bool ok;

	assert_true(tls_new(&tls, fd, host, fixture->ours.path, err));
	ok = shake_hands(tls, fd, err);
	if (ok)
		assert_int_equal(tls_write(tls, "secret", 6, err), 6);
	tls_free(tls, ok);
	close(fd);
	finish(&server);
	if (!ok)
		assert_true(server.received <= 0);
	else
		assert_memory_equal(server.bytes, "secret", 6);
	return ok;
}

static void
assert_refused(struct fixture *fixture, const struct authority *signer,
	const struct certificate_options *options, const char *words)
{
	struct error err = {0};

	assert_false(greet(fixture, signer, options, "mail.example.org", &err));
	if (!strstr(err.text, words))
		fail_msg("\"%s\" does not say \"%s\"", err.text, words);
}

static const struct certificate_options GOOD = {"mail.example.org", -1, 1, NULL};

static void
a_good_certificate_lets_bytes_through(void **state)
{
	struct fixture *fixture = *state;
	struct error err = {0};

	assert_true(greet(fixture, &fixture->ours, &GOOD, "mail.example.org", &err));
}

static void
a_certificate_for_another_name_is_refused_and_both_names_are_told(void **state)
{
	const struct certificate_options options = {"evil.example.net", -1, 1, NULL};
	struct fixture *fixture = *state;

	assert_refused(fixture, &fixture->ours, &options,
		"is not for mail.example.org but for evil.example.net");
}

static void
a_certificate_of_an_unknown_authority_is_refused(void **state)
{
	struct fixture *fixture = *state;

	assert_refused(fixture, &fixture->other, &GOOD, "ca_file");
}

static void
a_certificate_out_of_its_time_is_refused(void **state)
{
	const struct certificate_options old = {"mail.example.org", -10, -1, NULL};
	const struct certificate_options early = {"mail.example.org", 5, 10, NULL};
	struct fixture *fixture = *state;

	assert_refused(fixture, &fixture->ours, &old, "has expired");
	assert_refused(fixture, &fixture->ours, &early, "is not valid yet");
}

static void
versions_before_1_2_are_refused(void **state)
{
	const struct certificate_options options = {
		"mail.example.org", -1, 1, "NORMAL:-VERS-ALL:+VERS-TLS1.1:%VERIFY_ALLOW_BROKEN"};
	struct fixture *fixture = *state;

	assert_refused(fixture, &fixture->ours, &options, "TLS");
}

static void
without_an_authority_there_is_no_session(void **state)
{
	struct tls *tls = NULL;
	struct error err = {0};

	(void)state;
	assert_false(tls_new(&tls, 0, "mail.example.org", "/dev/null", &err));
	assert_non_null(strstr(err.text, "/dev/null"));
	assert_false(tls_new(&tls, 0, "mail.example.org", "/absent.pem", &err));
	assert_int_equal(err.reach, ERROR_MAILBOX);
}

static void
the_end_of_the_stream_is_an_error(void **state)
{
	struct fixture *fixture = *state;
	struct server server = {0};
	struct tls *tls = NULL;
	struct error err = {0};
	char buffer[64];
	int fd = start(&server, &fixture->ours, &GOOD);
	struct pollfd waiting = {fd, POLLIN, 0};
	ssize_t got = 0;

	assert_true(tls_new(&tls, fd, "mail.example.org", fixture->ours.path, &err));
	assert_true(shake_hands(tls, fd, &err));
	assert_int_equal(tls_write(tls, "x", 1, &err), 1);
	while (err.reach == ERROR_NONE) {
		poll(&waiting, 1, 5000);
		got = tls_read(tls, buffer, sizeof(buffer), &err);
		assert_true(got != 0);
	}
	assert_int_equal(got, -1);
	assert_int_equal(err.reach, ERROR_CONNECTION);
	tls_free(tls, false);
	close(fd);
	finish(&server);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_good_certificate_lets_bytes_through),
		cmocka_unit_test(a_certificate_for_another_name_is_refused_and_both_names_are_told),
		cmocka_unit_test(a_certificate_of_an_unknown_authority_is_refused),
		cmocka_unit_test(a_certificate_out_of_its_time_is_refused),
		cmocka_unit_test(versions_before_1_2_are_refused),
		cmocka_unit_test(without_an_authority_there_is_no_session),
		cmocka_unit_test(the_end_of_the_stream_is_an_error),
	};

	(void)signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
