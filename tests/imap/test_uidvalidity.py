"""A folder that gets another UIDVALIDITY (RFC 3501 2.3.1.1) is compared anew; identity is the
digest of the bytes, so nothing is stored twice."""

import sqlite3

from harness import mails
from harness.casepost import Mailbox
from harness.dovecot import digest
from harness.waiting import wait_for


def stored(casepost):
    with sqlite3.connect(f"file:{casepost.store}/archive.db?mode=ro", uri=True) as database:
        return database.execute("SELECT count(*), sum(size_bytes) FROM message").fetchone()


def test_a_new_uidvalidity_stores_nothing_twice(casepost, server, user):
    server.deliver(user, *mails.mails(20))
    casepost.once()
    before, kept = casepost.everything(), stored(casepost)
    server.set_uidvalidity(user)
    casepost.once()
    assert casepost.everything() == before
    assert stored(casepost) == kept


def test_mail_that_came_with_the_new_uidvalidity_is_taken(casepost, server, user):
    server.deliver(user, *mails.mails(5))
    casepost.once()
    server.set_uidvalidity(user)
    server.deliver(user, mails.mail(5))
    casepost.once()
    assert digest(mails.mail(5)) in casepost.digests()
    assert len(casepost.export()) == 6


def test_a_smaller_uidvalidity_is_just_another_one(casepost, server, user):
    server.deliver(user, *mails.mails(5))
    casepost.once()
    server.set_uidvalidity(user, step=-1000)
    server.deliver(user, mails.mail(5))
    casepost.once()
    assert len(casepost.export()) == 6


def test_a_uidvalidity_that_changes_under_a_running_daemon_is_noticed(casepost_at, server, user):
    server.deliver(user, *mails.mails(5))
    casepost = casepost_at(Mailbox(server, user, poll_interval="1s"))
    casepost.start()
    casepost.wait_for_messages(5)
    server.set_uidvalidity(user)
    server.deliver(user, mails.mail(5))
    casepost.wait_for_messages(6, deadline=60)


def test_a_folder_deleted_and_made_again_is_taken_as_a_new_one(casepost_at, server, user):
    server.make_folder(user, "Calls")
    server.deliver(user, *mails.mails(3), folder="Calls")
    casepost = casepost_at(Mailbox(server, user, folders="Calls"))
    casepost.once()
    server.touched.add(user)
    with server.session(user) as session:
        session.delete("Calls")
        session.create("Calls")
    server.deliver(user, mails.mail(2), mails.mail(3), folder="Calls")
    casepost.once()
    wait_for(lambda: len(casepost.export()) == 4, 10, "the union of both folders")
