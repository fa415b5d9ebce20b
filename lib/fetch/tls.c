/*
 * TLS by GnuTLS. The one file of fetch that includes its header.
 */
#include "fetch/tls.h"

#include <arpa/inet.h>
#include <errno.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "base/str.h"

struct tls {
	int fd;
	gnutls_session_t session;
	gnutls_certificate_credentials_t credentials;
	char *host;
	bool has_own_authorities;
};

/* No TLS 1.0 and 1.1 (RFC 8996); keys and hashes of at least 112 bits of security. */
static const char PRIORITY[] = "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2:%PROFILE_MEDIUM";

enum { NAMES_SHOWN_MAX = 200, NAMES_MAX = 20 };

static ssize_t
push(gnutls_transport_ptr_t context, const void *bytes, size_t size)
{
	struct tls *tls = context;
	ssize_t sent = send(tls->fd, bytes, size, MSG_NOSIGNAL);

	if (sent < 0)
		gnutls_transport_set_errno(tls->session, errno);
	return sent;
}

static ssize_t
pull(gnutls_transport_ptr_t context, void *buffer, size_t size)
{
	struct tls *tls = context;
	ssize_t got = recv(tls->fd, buffer, size, 0);

	if (got < 0)
		gnutls_transport_set_errno(tls->session, errno);
	return got;
}

static bool
is_address(const char *host)
{
	unsigned char bytes[16];

	return inet_pton(AF_INET, host, bytes) == 1 || inet_pton(AF_INET6, host, bytes) == 1;
}

static bool
load_authorities(struct tls *tls, const char *ca_file, struct error *err)
{
	int loaded;

	tls->has_own_authorities = ca_file && ca_file[0] != '\0';
	if (tls->has_own_authorities)
		loaded = gnutls_certificate_set_x509_trust_file(
			tls->credentials, ca_file, GNUTLS_X509_FMT_PEM);
	else
		loaded = gnutls_certificate_set_x509_system_trust(tls->credentials);
	if (loaded > 0)
		return true;
	if (tls->has_own_authorities)
		return error_set(err, ERROR_MAILBOX,
			"ca_file %s holds no certificate that can be read%s%s", ca_file,
			loaded < 0 ? ": " : "", loaded < 0 ? gnutls_strerror(loaded) : "");
	return error_set(err, ERROR_MAILBOX,
		"this machine trusts no certificate authority: install ca-certificates, or set "
		"ca_file");
}

static int
set_up(struct tls *tls)
{
	int result = gnutls_init(&tls->session, GNUTLS_CLIENT | GNUTLS_NONBLOCK);

	if (result < 0)
		return result;
	result = gnutls_priority_set_direct(tls->session, PRIORITY, NULL);
	if (result < 0)
		return result;
	result = gnutls_credentials_set(tls->session, GNUTLS_CRD_CERTIFICATE, tls->credentials);
	if (result < 0)
		return result;
	if (!is_address(tls->host))
		result = gnutls_server_name_set(
			tls->session, GNUTLS_NAME_DNS, tls->host, strlen(tls->host));
	if (result < 0)
		return result;
	gnutls_session_set_verify_cert(tls->session, tls->host, 0);
	gnutls_transport_set_ptr(tls->session, tls);
	gnutls_transport_set_push_function(tls->session, push);
	gnutls_transport_set_pull_function(tls->session, pull);
	return 0;
}

bool
tls_new(struct tls **ret_tls, int fd, const char *host, const char *ca_file, struct error *err)
{
	struct tls *tls = calloc(1, sizeof(*tls));
	int result;

	if (!tls || !(tls->host = strdup(host)))
		abort();
	tls->fd = fd;
	result = gnutls_certificate_allocate_credentials(&tls->credentials);
	if (result == 0 && !load_authorities(tls, ca_file, err)) {
		tls_free(tls, false);
		return false;
	}
	if (result == 0)
		result = set_up(tls);
	if (result < 0) {
		tls_free(tls, false);
		return error_set(err, ERROR_PROGRAM, "TLS: %s", gnutls_strerror(result));
	}
	*ret_tls = tls;
	return true;
}

void
tls_free(struct tls *tls, bool polite)
{
	if (!tls)
		return;
	if (tls->session && polite)
		(void)gnutls_bye(tls->session, GNUTLS_SHUT_WR); /* a courtesy */
	if (tls->session)
		gnutls_deinit(tls->session);
	if (tls->credentials)
		gnutls_certificate_free_credentials(tls->credentials);
	free(tls->host);
	free(tls);
}

/* A name out of a stranger's certificate: printable ASCII or "?". */
static void
append_name(struct str *names, const char *name, size_t size)
{
	if (names->size)
		str_append(names, VIEW(", "));
	for (size_t i = 0; i < size && names->size < NAMES_SHOWN_MAX; i++) {
		bool is_plain = name[i] > ' ' && name[i] < 0x7f;

		str_append(names, is_plain ? view_make(&name[i], 1) : VIEW("?"));
	}
}

static void
append_alternative(struct str *names, int type, const char *value, size_t size)
{
	char text[INET6_ADDRSTRLEN];

	if (type == GNUTLS_SAN_DNSNAME)
		append_name(names, value, size);
	else if (type == GNUTLS_SAN_IPADDRESS && (size == 4 || size == 16) &&
		 inet_ntop(size == 4 ? AF_INET : AF_INET6, value, text, sizeof(text)))
		append_name(names, text, strlen(text));
}

/* The names that the server's certificate is for; its common name if it has no others. */
static void
collect_names(gnutls_x509_crt_t certificate, struct str *names)
{
	for (unsigned i = 0; i < NAMES_MAX; i++) {
		char value[256];
		size_t size = sizeof(value);
		int type = gnutls_x509_crt_get_subject_alt_name(certificate, i, value, &size, NULL);

		if (type == GNUTLS_E_REQUESTED_DATA_NOT_AVAILABLE)
			break;
		if (type >= 0)
			append_alternative(names, type, value, size);
	}
	if (names->size == 0) {
		char value[256];
		size_t size = sizeof(value);

		if (gnutls_x509_crt_get_dn_by_oid(
			    certificate, GNUTLS_OID_X520_COMMON_NAME, 0, 0, value, &size) >= 0)
			append_name(names, value, size);
	}
}

static gnutls_x509_crt_t
peer_certificate(const struct tls *tls)
{
	unsigned count = 0;
	const gnutls_datum_t *chain = gnutls_certificate_get_peers(tls->session, &count);
	gnutls_x509_crt_t certificate = NULL;

	if (!chain || count == 0 || gnutls_x509_crt_init(&certificate) < 0)
		return NULL;
	if (gnutls_x509_crt_import(certificate, &chain[0], GNUTLS_X509_FMT_DER) < 0) {
		gnutls_x509_crt_deinit(certificate);
		return NULL;
	}
	return certificate;
}

static void
explain_name(const struct tls *tls, struct error *err)
{
	CLEANUP(str_free) struct str names = str_new(NAMES_SHOWN_MAX + 64);
	gnutls_x509_crt_t certificate = peer_certificate(tls);

	if (certificate) {
		collect_names(certificate, &names);
		gnutls_x509_crt_deinit(certificate);
	}
	error_set(err, ERROR_MAILBOX,
		"the server's certificate is not for %s but for %s: set host to the name that the "
		"server goes by",
		tls->host, names.size ? str_text(&names) : "no name at all");
}

static void
explain_dates(const struct tls *tls, unsigned status, struct error *err)
{
	gnutls_x509_crt_t certificate = peer_certificate(tls);
	char since[CLOCK_TEXT_SIZE] = "an unknown day", until[CLOCK_TEXT_SIZE] = "an unknown day";

	if (certificate) {
		clock_format_utc(gnutls_x509_crt_get_activation_time(certificate), since);
		clock_format_utc(gnutls_x509_crt_get_expiration_time(certificate), until);
		gnutls_x509_crt_deinit(certificate);
	}
	error_set(err, ERROR_MAILBOX,
		"the certificate of %s %s (it is good from %s to %s): the server needs a new one, "
		"or this machine's clock is wrong",
		tls->host, status & GNUTLS_CERT_EXPIRED ? "has expired" : "is not valid yet", since,
		until);
}

static void
explain_certificate(const struct tls *tls, struct error *err)
{
	unsigned status = gnutls_session_get_verify_cert_status(tls->session);

	if (status & GNUTLS_CERT_REVOKED) {
		error_set(err, ERROR_MAILBOX, "the certificate of %s was revoked", tls->host);
	} else if (status & (GNUTLS_CERT_SIGNER_NOT_FOUND | GNUTLS_CERT_SIGNER_NOT_CA)) {
		error_set(err, ERROR_MAILBOX,
			"the certificate of %s is signed by an authority that %s: %s", tls->host,
			tls->has_own_authorities ? "is not in ca_file"
						 : "this machine does not know",
			tls->has_own_authorities
				? "put the right authority's certificate into ca_file"
				: "set ca_file to the authority's certificate if the server is "
				  "yours");
	} else if (status & (GNUTLS_CERT_EXPIRED | GNUTLS_CERT_NOT_ACTIVATED)) {
		explain_dates(tls, status, err);
	} else if (status & GNUTLS_CERT_UNEXPECTED_OWNER) {
		explain_name(tls, err);
	} else {
		gnutls_datum_t words = {NULL, 0};

		(void)gnutls_certificate_verification_status_print(
			status, GNUTLS_CRT_X509, &words, 0); /* without words it stays short */
		error_set(err, ERROR_MAILBOX, "the certificate of %s is not accepted: %s",
			tls->host, words.data ? (const char *)words.data : "");
		gnutls_free(words.data);
	}
}

enum tls_step
tls_handshake(struct tls *tls, struct error *err)
{
	for (;;) {
		int result = gnutls_handshake(tls->session);

		if (result == 0)
			return TLS_DONE;
		if (result == GNUTLS_E_AGAIN)
			return gnutls_record_get_direction(tls->session) ? TLS_WANTS_WRITE
									 : TLS_WANTS_READ;
		if (result == GNUTLS_E_CERTIFICATE_VERIFICATION_ERROR) {
			explain_certificate(tls, err);
			return TLS_FAILED;
		}
		if (!gnutls_error_is_fatal(result))
			continue;
		if (result == GNUTLS_E_UNEXPECTED_PACKET_LENGTH ||
			result == GNUTLS_E_UNEXPECTED_PACKET)
			error_set(err, ERROR_MAILBOX,
				"%s does not speak TLS there: is the port right, or is it "
				"security = starttls?",
				tls->host);
		else
			error_set(err, ERROR_CONNECTION, "TLS with %s: %s", tls->host,
				gnutls_strerror(result));
		return TLS_FAILED;
	}
}

static ssize_t
judge(ssize_t result, struct error *err)
{
	if (result > 0)
		return result;
	if (result == 0 || result == GNUTLS_E_PREMATURE_TERMINATION) {
		error_set(err, ERROR_CONNECTION, "the server closed the connection");
		return -1;
	}
	/* Also on GNUTLS_E_REHANDSHAKE, which we neither need nor obey. */
	if (result != GNUTLS_E_AGAIN && gnutls_error_is_fatal((int)result))
		error_set(err, ERROR_CONNECTION, "TLS: %s", gnutls_strerror((int)result));
	return -1;
}

ssize_t
tls_read(struct tls *tls, void *buffer, size_t size, struct error *err)
{
	ssize_t got;

	do {
		got = gnutls_record_recv(tls->session, buffer, size);
	} while (got == GNUTLS_E_INTERRUPTED);
	return judge(got, err);
}

ssize_t
tls_write(struct tls *tls, const void *bytes, size_t size, struct error *err)
{
	ssize_t sent;

	do {
		sent = gnutls_record_send(tls->session, bytes, size);
	} while (sent == GNUTLS_E_INTERRUPTED);
	return judge(sent, err);
}

bool
tls_has_pending(const struct tls *tls)
{
	return gnutls_record_check_pending(tls->session) > 0;
}
