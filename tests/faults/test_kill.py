"""kill -9 at any moment loses nothing and doubles nothing."""

import random
import sqlite3
import time

import pytest

from harness import mails, processes
from harness.casepost import Mailbox
from harness.waiting import wait_for

COUNT = 500
KILLS = 10


@pytest.fixture
def undisturbed(casepost_at, server, user):
    """A store that took 500 messages in peace; -> (its exports, seconds it took)."""
    server.deliver(user, *mails.mails(COUNT))
    casepost = casepost_at(Mailbox(server, user))
    begun = time.monotonic()
    casepost.once()
    return casepost.everything(), time.monotonic() - begun


def count_in(casepost, name):
    try:
        database = sqlite3.connect(f"file:{casepost.store}/{name}?mode=ro", uri=True)
        try:
            return database.execute("SELECT count(*) FROM message").fetchone()[0]
        finally:
            database.close()
    except sqlite3.OperationalError:
        return 0


def archived(casepost):
    return count_in(casepost, "archive.db")


def derived(casepost):
    return count_in(casepost, "cases.db")


def children_are_gone(casepost, session):
    wait_for(lambda: processes.in_session(session) == [], 10, "the end of the children")


def test_ten_kills_in_mid_transfer_end_in_the_casebook_of_an_undisturbed_run(
        casepost_at, server, user, proxy, undisturbed):
    expected, _ = undisturbed
    total = sum(message.size for message in server.messages(user))
    gate = proxy(server.tls_port)
    casepost = casepost_at(Mailbox(server, user, port=gate.port))
    for _ in range(KILLS):
        gate.stalled.clear()
        gate.stall_after = total // (KILLS + 1)
        casepost.start(wait=False)
        session = casepost.pid
        wait_for(gate.stalled.is_set, 30, "the middle of a sync")
        casepost.kill()
        children_are_gone(casepost, session)
    assert archived(casepost) < COUNT
    gate.heal()
    casepost.once()
    assert casepost.everything() == expected
    casepost.run("verify")


def test_ten_kills_at_any_moment_end_in_the_casebook_of_an_undisturbed_run(
        casepost_at, server, user, undisturbed):
    expected, took = undisturbed
    casepost = casepost_at(Mailbox(server, user))
    dice = random.Random(COUNT)
    seen = []
    for _ in range(KILLS):
        casepost.start("--once", wait=False)
        session = casepost.pid
        # What is swept is the moment within a run; the more is done, the shorter a run is left.
        time.sleep(took * dice.uniform(0.0, 0.15))
        casepost.kill()
        children_are_gone(casepost, session)
        seen.append((archived(casepost), derived(casepost)))
    assert seen[KILLS // 2][1] < COUNT, f"the kills came too late: {seen}"
    casepost.once()
    assert casepost.everything() == expected
    casepost.run("verify")


def test_kills_while_messages_are_read_end_in_the_same_casebook(
        casepost_at, server, user, undisturbed):
    expected, _ = undisturbed
    casepost = casepost_at(Mailbox(server, user))
    for threshold in range(1, COUNT, COUNT // KILLS):
        casepost.start("--once", wait=False)
        session = casepost.pid
        wait_for(lambda: derived(casepost) >= threshold or not casepost.runs(), 60,
                 f"{threshold} messages read", every=0.002)
        casepost.kill()
        children_are_gone(casepost, session)
    casepost.once()
    assert casepost.everything() == expected
    casepost.run("verify")


def test_a_kill_during_a_rebuild_leaves_the_old_casebook_and_no_debris(
        casepost_at, server, user, undisturbed):
    import signal
    import subprocess

    from harness.casepost import program
    expected, _ = undisturbed
    casepost = casepost_at(Mailbox(server, user))
    casepost.once()
    begun = time.monotonic()
    casepost.run("rebuild")
    took = time.monotonic() - begun
    # SQLite's own -wal and -shm come and go.
    files = {path.name for path in casepost.store.iterdir() if "-" not in path.name}
    for share in (0.2, 0.5, 0.8):
        rebuild = subprocess.Popen(
            [program("casepost"), "-c", str(casepost.configuration), "rebuild"],
            start_new_session=True, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(took * share)
        rebuild.send_signal(signal.SIGKILL)
        rebuild.wait()
        wait_for(lambda: processes.in_session(rebuild.pid) == [], 10, "the end of the children")
        assert casepost.everything() == expected
    casepost.run("rebuild")
    assert casepost.everything() == expected
    assert {path.name for path in casepost.store.iterdir() if "-" not in path.name} == files


def test_a_kill_during_an_import_is_made_good_by_importing_again(
        casepost_at, folder):
    import signal
    import subprocess

    from harness.casepost import program
    letters = folder / "letters"
    letters.mkdir()
    for i in range(200):
        (letters / f"{i:03}.eml").write_bytes(mails.mail(i))
    undisturbed, casepost = casepost_at(), casepost_at()
    begun = time.monotonic()
    undisturbed.run("import", letters)
    took = time.monotonic() - begun
    for share in (0.1, 0.3, 0.5, 0.7):
        run = subprocess.Popen(
            [program("casepost"), "-c", str(casepost.configuration), "import", str(letters)],
            start_new_session=True, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(took * share)
        run.send_signal(signal.SIGKILL)
        run.wait()
        wait_for(lambda: processes.in_session(run.pid) == [], 10, "the end of the children")
    casepost.run("import", letters)
    assert casepost.everything() == undisturbed.everything()
