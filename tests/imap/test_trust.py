"""Whom casepost tells its password: a server whose certificate is good for the configured name,
and nobody else."""

import signal

import pytest

from harness import mails
from harness.casepost import Mailbox
from harness.certificates import Authority
from harness.dovecot import Dovecot
from harness.waiting import wait_for


@pytest.fixture
def server_with(folder, authority):
    """Makes servers with wrong certificates: server_with(days=…, hosts=…, authority=…)."""
    made = []

    def make(**options):
        options.setdefault("authority", authority)
        made.append(Dovecot(folder / f"dovecot{len(made)}", **options).start())
        made[-1].deliver("ada", mails.mail(1))
        return made[-1]

    yield make
    for server in made:
        server.stop()


def refused(casepost, server, words):
    """Runs one round against a server that must not be trusted."""
    casepost._remember_flags()  # which logs in; what follows is casepost's alone
    server.forget_log()
    casepost.expect_error("certificate|STARTTLS|encrypt")
    casepost.expect_incomplete("the server is not to be trusted")
    assert casepost.once(check=False) == 1
    assert casepost.log(words), "the log does not say why:\n" + casepost.log_text()
    assert server.password not in casepost.log_text()
    assert casepost.export() == []


def no_login_was_tried(server):
    """The server's own word for it: it has seen no name and no password."""
    wait_for(lambda: "Disconnected" in server.log(), 10, "the end of the connection")
    for line in server.log().splitlines():
        if "imap-login" in line:
            # Dovecot's words depend on how far its own login process had come by then.
            assert "no auth attempts" in line or "before auth was ready" in line, line
            assert "user=<>" in line, line


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_an_unknown_authority_is_refused_and_never_sees_the_password(
        casepost_at, server_with, folder, authority, security):
    server = server_with(authority=Authority(folder / "stranger", "Another CA"))
    casepost = casepost_at(Mailbox(
        server, "ada", ca_file=authority.file, security=security,
        port=server.tls_port if security == "tls" else server.port))
    refused(casepost, server, "certificate")
    no_login_was_tried(server)


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_another_hosts_certificate_is_refused_and_never_sees_the_password(
        casepost_at, server_with, security):
    server = server_with(hosts=("imap.elsewhere.example",))
    casepost = casepost_at(Mailbox(
        server, "ada", security=security,
        port=server.tls_port if security == "tls" else server.port))
    refused(casepost, server, "certificate")
    no_login_was_tried(server)


def test_an_expired_certificate_is_refused_and_never_sees_the_password(
        casepost_at, server_with):
    server = server_with(days=-1)
    casepost = casepost_at(Mailbox(server, "ada"))
    refused(casepost, server, "certificate")
    no_login_was_tried(server)


def test_an_address_in_the_certificate_counts_where_the_host_is_an_address(
        casepost_at, server, user):
    server.deliver(user, mails.mail(1))
    casepost = casepost_at(Mailbox(server, user, host="127.0.0.1"))
    casepost.once()
    assert len(casepost.export()) == 1


def test_a_server_that_lost_its_starttls_never_sees_the_password(
        casepost_at, server_with, proxy):
    server = server_with(offer_tls=False)
    wire = proxy(server.port)
    casepost = casepost_at(Mailbox(server, "ada", port=wire.port, security="starttls"))
    refused(casepost, server, "STARTTLS|encrypt|TLS")
    sent = bytes(wire.sent_by_client)
    assert b"LOGIN" not in sent.upper() and b"AUTHENTICATE" not in sent.upper(), sent
    no_login_was_tried(server)


def test_a_greeting_that_claims_to_be_logged_in_already_is_no_way_around_tls(
        casepost_at, server_with, proxy):
    server = server_with()
    wire = proxy(server.port)
    wire.rewrite = lambda data: data.replace(b"* OK ", b"* PREAUTH ", 1)
    casepost = casepost_at(Mailbox(server, "ada", port=wire.port, security="starttls"))
    casepost.expect_error(".")
    refused(casepost, server, "PREAUTH|TLS|encrypt")


def test_a_ca_file_without_certificates_is_no_trust_in_everybody(casepost_at, server_with, folder):
    server = server_with()
    empty = folder / "empty.pem"
    empty.write_text("")
    casepost = casepost_at(Mailbox(server, "ada", ca_file=empty))
    casepost.expect_error(".")
    casepost.expect_incomplete("the server is not to be trusted")
    assert casepost.once(check=False) in (1, 2)
    no_login = [line for line in server.log().splitlines() if "user=<ada>" in line]
    assert [line for line in no_login if "TLS" in line] == []


def test_a_wrong_password_is_told_once_and_the_server_is_not_hammered(casepost_at, server, user):
    server.deliver(user, mails.mail(1))
    casepost = casepost_at(Mailbox(server, user))
    (casepost.folder / "research.password").write_text("wrong-horse\n")
    casepost.expect_error("password|log.?in|credentials|authentication")
    casepost.start()
    words = "password|log.?in|credentials|authentication"
    casepost.wait_for_log(words)
    # Another mailbox's whole first round is time enough for a second complaint.
    server.deliver(user + "-2", *mails.mails(3))
    other = casepost_at(Mailbox(server, user + "-2"))
    other.once()
    assert len(casepost.log(words)) == 1
    assert len([line for line in server.log().splitlines()
                if f"static({user}," in line and "mismatch" in line]) <= 2
    assert "wrong-horse" not in casepost.log_text()

    (casepost.folder / "research.password").write_text(server.password + "\n")
    casepost.signal(signal.SIGHUP)
    casepost.wait_for_messages(1, deadline=30)
