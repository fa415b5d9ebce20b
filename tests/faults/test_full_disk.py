"""A full disk: the daemon says so, waits, goes on when there is room, and nothing is lost."""

import os
import subprocess

import pytest

from harness import mails
from harness.casepost import Mailbox
from harness.dovecot import digest
from harness.waiting import seconds, wait_for


@pytest.fixture
def small_disk(folder):
    """A file system of 6 MB; small_disk(size) gives it another size."""
    if os.getuid() != 0:
        pytest.skip("only root can mount a small file system")
    place = folder / "disk"
    place.mkdir()
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=6m,mode=0755", "tmpfs", place],
                          capture_output=True, text=True)
    if done.returncode != 0:
        pytest.skip(f"no file system can be mounted here: {done.stderr.strip()}")

    def resize(size):
        subprocess.run(["mount", "-o", f"remount,size={size}", place], check=True)

    yield place, resize
    subprocess.run(["umount", "-l", place], check=True)


@pytest.fixture
def casepost(small_disk, casepost_at, server, user):
    casepost = casepost_at(Mailbox(server, user))
    casepost.store = small_disk[0] / "store"
    casepost.sections["store"]["directory"] = casepost.store
    casepost.write_configuration()
    casepost.expect_error("room|space|disk|full")
    yield casepost
    problems = casepost.finish()
    assert problems == []


def test_the_daemon_says_so_waits_and_goes_on_when_there_is_room(
        casepost, small_disk, server, user):
    sent = [mails.big_attachment(i, 500_000) for i in range(30)]
    server.deliver(user, *sent)
    casepost.start()
    casepost.wait_for_log("no space|No space|full|no room", deadline=60)
    assert casepost.get("/healthz").status == 200
    assert casepost.runs()
    small_disk[1]("200m")
    casepost.wait_for_messages(30, deadline=180)
    assert casepost.digests() == sorted(map(digest, sent))
    casepost.run("verify")


def test_a_full_disk_is_told_once_and_not_every_second(casepost, small_disk, server, user):
    server.deliver(user, *[mails.big_attachment(i, 500_000) for i in range(30)])
    casepost.start()
    first = casepost.wait_for_log("no space|No space|full|no room", deadline=60)
    server.deliver(user, *[mails.mail(100)])
    wait_for(lambda: casepost.get("/healthz").status == 200, 10, "the site")
    import time
    time.sleep(seconds(3))  # what is awaited is that nothing happens
    assert len(casepost.log("no space|No space|full|no room")) <= len(first) + 3
    small_disk[1]("200m")
    casepost.wait_for_messages(31, deadline=180)


def test_the_daemon_stops_cleanly_while_the_disk_is_full(casepost, small_disk, server, user):
    server.deliver(user, *[mails.big_attachment(i, 500_000) for i in range(30)])
    casepost.start()
    casepost.wait_for_log("no space|No space|full|no room", deadline=60)
    assert casepost.stop() < seconds(5)
    small_disk[1]("200m")
    casepost.once()
    assert len(casepost.export()) == 30
