"""The casebook is a function of the archive: rebuilt or grown, in whatever order, it is equal."""

import random
import threading

import pytest

from harness import mails
from harness.casepost import Mailbox


def set_of_mails():
    """Mails with threads, cases told of twice, resends and duplicates."""
    sent = mails.mails(80)
    sent += [mails.submission(900, project="Lantern", country="Estonia"),
             mails.submission(901, project="Lantern", country="Estonia"),
             mails.submission(902, project="Lantern II", country="Estonia")]
    return sent


def test_a_rebuild_gives_the_same_exports(casepost, server, user):
    server.deliver(user, *set_of_mails())
    casepost.once()
    before = casepost.everything()
    assert before[1], "no case was found, so nothing is shown"
    casepost.run("rebuild")
    assert casepost.everything() == before


def test_a_deleted_casebook_is_made_again_from_the_archive(casepost, server, user):
    server.deliver(user, *set_of_mails())
    casepost.once()
    before = casepost.everything()
    for name in ("cases.db", "cases.db-wal", "cases.db-shm"):
        (casepost.store / name).unlink(missing_ok=True)
    casepost.once()
    assert casepost.everything() == before


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_order_of_arrival_does_not_matter(casepost_at, server, user, seed):
    sent = set_of_mails()
    server.deliver(user, *sent)
    shuffled = list(sent)
    random.Random(seed).shuffle(shuffled)
    # The times of delivery are part of what the server says; they are equal in both.
    for i, message in enumerate(shuffled):
        server.deliver(user + "-shuffled", message)
    in_order = casepost_at(Mailbox(server, user))
    out_of_order = casepost_at(Mailbox(server, user + "-shuffled"))
    in_order.once()
    out_of_order.once()
    assert in_order.everything() == out_of_order.everything()


def test_arrival_in_many_rounds_equals_arrival_in_one(casepost_at, server, user):
    sent = set_of_mails()
    random.Random(7).shuffle(sent)
    grown = casepost_at(Mailbox(server, user))
    for start in range(0, len(sent), 17):
        server.deliver(user, *sent[start:start + 17])
        grown.once()
    at_once = casepost_at(Mailbox(server, user))
    at_once.once()
    assert grown.everything() == at_once.everything()


def test_a_rebuild_while_the_daemon_serves_never_shows_less(casepost, server, user):
    server.deliver(user, *set_of_mails())
    casepost.start()
    casepost.wait_for_messages(len({*set_of_mails()}))
    before = casepost.everything()
    wrong, done = [], threading.Event()

    def look():
        while not done.is_set():
            answer = casepost.get("/cases.ndjson", login=True)
            if answer.status != 200 or len(answer.text.splitlines()) != len(before[1]):
                wrong.append((answer.status, len(answer.text.splitlines())))

    looking = threading.Thread(target=look)
    looking.start()
    try:
        for _ in range(3):
            casepost.run("rebuild")
    finally:
        done.set()
        looking.join()
    assert wrong == []
    assert casepost.everything() == before


def test_mail_that_arrives_during_a_rebuild_is_in_the_new_casebook(casepost, server, user):
    server.deliver(user, *mails.mails(60))
    casepost.start()
    casepost.wait_for_messages(60)
    rebuilding = threading.Thread(target=casepost.run, args=("rebuild",))
    rebuilding.start()
    server.deliver(user, *mails.mails(10, start=60))
    rebuilding.join()
    casepost.wait_for_messages(70)


def test_verify_finds_nothing_wrong_after_a_sync(casepost, server, user):
    server.deliver(user, *mails.mails(30))
    casepost.once()
    casepost.run("verify")


def test_verify_finds_a_message_whose_bytes_were_changed(casepost, server, user):
    import sqlite3
    server.deliver(user, *mails.mails(5))
    casepost.once()
    with sqlite3.connect(casepost.store / "archive.db") as archive:
        archive.execute("UPDATE message SET sha256 = zeroblob(32) WHERE seq = 3")
    done = casepost.run("verify", check=False)
    assert done.returncode == 1
    assert done.stdout + done.stderr != ""
