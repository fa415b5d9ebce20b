"""New mail arrives by itself: pushed where the server can, polled where it cannot."""

import time

from harness import mails
from harness.casepost import Mailbox
from harness.dovecot import Dovecot, digest
from harness.waiting import SLOWNESS, wait_for


def wait_until_idle(casepost, server, user):
    """Until the daemon is in step and waits for the server."""
    casepost.wait_for_messages(len(server.messages(user)))
    wait_for(lambda: casepost.get("/readyz").status == 200, 20, "readiness")


class Watcher:
    """An IDLE session of the tests' own, that tells when the server announces mail."""

    def __init__(self, server, user):
        self.session = server.session(user)
        self.session.select("INBOX", readonly=True)
        self.session.send(b"T1 IDLE\r\n")
        while not self.session.readline().startswith(b"+"):
            pass

    def wait_for_exists(self):
        self.session.sock.settimeout(20)
        while b"EXISTS" not in self.session.readline():
            pass
        return time.monotonic()

    def close(self):
        self.session.send(b"DONE\r\n")
        self.session.shutdown()


def test_new_mail_arrives_by_idle(casepost, server, user):
    server.deliver(user, mails.mail(1))
    casepost.start()  # polls once an hour, so that only IDLE can be quick
    wait_until_idle(casepost, server, user)
    server.deliver(user, mails.mail(2))
    casepost.wait_for_messages(2, deadline=20)
    assert digest(mails.mail(2)) in casepost.digests()


def test_new_mail_is_on_the_site_within_two_seconds_of_the_announcement(casepost, server, user):
    server.deliver(user, mails.mail(1))
    casepost.start()
    wait_until_idle(casepost, server, user)
    watcher = Watcher(server, user)
    server.deliver(user, mails.submission(4242, project="Lantern"))
    announced = watcher.wait_for_exists()
    wait_for(lambda: "Lantern" in casepost.get("/cases", login=True).text, 20,
             "the new case on the page")
    took = time.monotonic() - announced
    watcher.close()
    assert took < 2 * SLOWNESS, f"it took {took:.2f} s"


def test_mail_that_comes_in_a_burst_is_all_taken(casepost, server, user):
    casepost.start()
    wait_until_idle(casepost, server, user)
    for message in mails.mails(40):
        server.deliver(user, message)
    casepost.wait_for_messages(40)


def test_a_server_without_idle_is_polled(casepost_at, folder, authority):
    server = Dovecot(folder / "plain", authority, capability="IMAP4rev1").start()
    try:
        server.deliver("ada", mails.mail(1))
        casepost = casepost_at(Mailbox(server, "ada", poll_interval="1s"))
        casepost.start()
        casepost.wait_for_messages(1)
        server.deliver("ada", mails.mail(2))
        casepost.wait_for_messages(2, deadline=20)
        assert casepost.finish() == []
    finally:
        server.stop()


def test_idle_can_be_turned_off(casepost_at, server, user):
    server.deliver(user, mails.mail(1))
    casepost = casepost_at(Mailbox(server, user, idle="no", poll_interval="1s"))
    casepost.start()
    casepost.wait_for_messages(1)
    server.deliver(user, mails.mail(2))
    casepost.wait_for_messages(2, deadline=20)


def test_polling_goes_on_after_many_rounds(casepost_at, server, user):
    casepost = casepost_at(Mailbox(server, user, idle="no", poll_interval="1s"))
    casepost.start()
    for i in range(3):
        server.deliver(user, mails.mail(i))
        casepost.wait_for_messages(i + 1, deadline=20)


def test_an_expunge_while_idle_is_no_disturbance(casepost, server, user):
    server.deliver(user, *mails.mails(3))
    casepost.start()
    wait_until_idle(casepost, server, user)
    server.expunge(user, server.messages(user)[1].uid)
    server.deliver(user, mails.mail(7))
    casepost.wait_for_messages(4, deadline=20)
