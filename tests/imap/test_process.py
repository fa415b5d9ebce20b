"""How the daemon lives with its machine: signals, locks, versions, children."""

import os
import signal
import socket
import sqlite3

from harness import mails, processes
from harness.casepost import Casepost
from harness.waiting import seconds, wait_for


def test_sigterm_stops_within_five_seconds_while_idle(casepost, server, user):
    server.deliver(user, *mails.mails(3))
    casepost.start()
    casepost.wait_for_messages(3)
    assert casepost.stop() < seconds(5)


def test_sigterm_stops_within_five_seconds_in_mid_sync(casepost_at, server, user, proxy):
    from harness.casepost import Mailbox
    server.deliver(user, *mails.mails(60))
    gate = proxy(server.tls_port)
    gate.stall_after = 40_000
    casepost = casepost_at(Mailbox(server, user, port=gate.port))
    casepost.expect_incomplete("it is stopped in mid-sync")
    casepost.start()
    wait_for(gate.stalled.is_set, 20, "the middle of the sync")
    assert casepost.stop() < seconds(5)


def test_sigterm_stops_within_five_seconds_while_a_browser_holds_a_connection(casepost):
    casepost.start()
    with socket.create_connection(("127.0.0.1", casepost.port)) as browser:
        browser.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n")
        assert casepost.stop() < seconds(5)


def test_sigint_stops_as_sigterm_does(casepost):
    casepost.start()
    casepost.signal(signal.SIGINT)
    assert casepost.wait_for_exit(5) == 0


def test_a_second_daemon_on_the_same_store_refuses_in_a_sentence(casepost, folder, server, user):
    casepost.start()
    second = Casepost(folder / "second", *casepost.mailboxes)
    second.sections["store"]["directory"] = casepost.store
    second.write_configuration()
    second.start(wait=False)
    assert second.wait_for_exit() in (1, 2)
    assert str(casepost.store) in second.log_text()
    assert casepost.get("/healthz").status == 200


def test_once_beside_a_running_daemon_refuses(casepost):
    casepost.start()
    casepost.expect_error("already|another")
    assert casepost.once(check=False) in (1, 2)


def test_a_store_left_by_a_killed_daemon_is_free(casepost, server, user):
    server.deliver(user, mails.mail(1))
    casepost.start()
    casepost.wait_for_messages(1)
    casepost.kill()
    casepost.start()
    server.deliver(user, mails.mail(2))
    casepost.wait_for_messages(2)


def test_children_end_when_the_daemon_is_killed(casepost, server, user):
    server.deliver(user, mails.mail(1))
    casepost.start()
    casepost.wait_for_messages(1)
    session = casepost.pid
    assert len(processes.in_session(session)) > 1
    casepost.kill()
    wait_for(lambda: processes.in_session(session) == [], 5, "the end of the children")


def test_a_database_newer_than_the_program_is_refused_and_left_alone(casepost, server, user):
    server.deliver(user, mails.mail(1))
    casepost.once()
    archive = casepost.store / "archive.db"
    database = sqlite3.connect(archive)
    version, = database.execute("PRAGMA user_version").fetchone()
    database.execute(f"PRAGMA user_version = {version + 1}")
    database.close()
    before = archive.read_bytes()
    casepost.expect_error("newer")
    assert casepost.once(check=False) in (1, 2)
    assert "newer" in casepost.log_text() and "archive.db" in casepost.log_text()
    assert archive.read_bytes() == before
    database = sqlite3.connect(archive)
    database.execute(f"PRAGMA user_version = {version}")
    database.close()


def test_a_file_of_another_program_is_no_archive(casepost):
    casepost.store.mkdir()
    database = sqlite3.connect(casepost.store / "archive.db")
    database.execute("PRAGMA application_id = 1234567")
    database.execute("CREATE TABLE recipe (name TEXT)")
    database.close()
    before = (casepost.store / "archive.db").read_bytes()
    casepost.expect_error("archive.db")
    assert casepost.once(check=False) in (1, 2)
    assert (casepost.store / "archive.db").read_bytes() == before
    casepost.expect_incomplete("there is no archive to draw the account from")
    for name in casepost.store.iterdir():
        name.unlink()


def test_the_store_is_closed_to_other_users(casepost, server, user):
    server.deliver(user, mails.mail(1))
    casepost.once()
    for name in ("archive.db", "cases.db"):
        mode = (casepost.store / name).stat().st_mode
        assert mode & 0o007 == 0, f"{name} has mode {mode:o}"
    assert casepost.store.stat().st_mode & 0o007 == 0


def test_no_descriptor_is_left_open_after_many_rounds(casepost_at, server, user):
    from harness.casepost import Mailbox
    server.deliver(user, *mails.mails(10))
    casepost = casepost_at(Mailbox(server, user, idle="no", poll_interval="1s"))
    casepost.start()
    casepost.wait_for_messages(10)

    def visit():
        for path in ("/", "/cases", "/messages", "/api/v1/status", "/metrics"):
            casepost.get(path, login=True)

    visit()
    before = processes.descriptors(casepost.pid)
    for i in range(5):
        server.deliver(user, mails.mail(100 + i))
        casepost.wait_for_messages(11 + i)
        visit()
    wait_for(lambda: processes.descriptors(casepost.pid) <= before + 2, 10,
             f"at most {before} descriptors and two of passing connections")


def test_readers_can_open_no_file_and_no_socket(casepost, server, user):
    server.deliver(user, mails.mail(1))
    casepost.start()
    casepost.wait_for_messages(1)
    readers = processes.children(casepost.pid, "casepost-reader")
    assert readers
    for reader in readers:
        with open(f"/proc/{reader}/status") as status:
            fields = dict(line.split(":", 1) for line in status)
        assert fields["Seccomp"].strip() == "2", "the reader runs without a filter"
        assert fields["NoNewPrivs"].strip() == "1"
        if os.getuid() != 0:
            continue  # it is closed to its own user's eyes (not dumpable), as it should be
        kinds = {os.readlink(f"/proc/{reader}/fd/{fd}").split(":")[0]
                 for fd in os.listdir(f"/proc/{reader}/fd")}
        assert not any(kind.endswith(".db") for kind in kinds), kinds


def test_systemd_is_told_when_the_daemon_is_ready_and_when_it_stops(casepost, folder):
    told = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    told.bind(str(folder / "notify"))
    told.settimeout(seconds(20))
    casepost.environment["NOTIFY_SOCKET"] = str(folder / "notify")
    casepost.start(wait=False)
    while "READY=1" not in told.recv(4096).decode():
        pass
    assert casepost.get("/healthz").status == 200
    casepost.stop()
    while "STOPPING=1" not in told.recv(4096).decode():
        pass
    told.close()
