"""Servers and networks fail; casepost says so, comes back by itself, and loses nothing."""

import pytest

from harness import mails
from harness.casepost import Mailbox
from harness.dovecot import digest
from harness.waiting import wait_for


def total(server, user):
    return sum(message.size for message in server.messages(user))


def test_a_server_restart_in_mid_sync_loses_nothing(casepost_at, own_server, proxy):
    sent = mails.mails(120)
    own_server.deliver("ada", *sent)
    gate = proxy(own_server.tls_port)
    gate.stall_after = total(own_server, "ada") // 2
    casepost = casepost_at(Mailbox(own_server, "ada", port=gate.port))
    casepost.start()
    wait_for(gate.stalled.is_set, 20, "the middle of the sync")
    own_server.stop()
    gate.heal()
    gate.drop()
    casepost.wait_for_log("retrying|again in", level="warning")
    own_server.start()
    casepost.wait_for_messages(120, deadline=90)
    assert casepost.digests() == sorted(map(digest, sent))


def test_a_server_restart_while_idle_is_survived(casepost_at, own_server):
    own_server.deliver("ada", mails.mail(1))
    casepost = casepost_at(Mailbox(own_server, "ada"))
    casepost.start()
    casepost.wait_for_messages(1)
    own_server.restart()
    own_server.deliver("ada", mails.mail(2))
    casepost.wait_for_messages(2, deadline=90)


def test_a_server_that_is_down_at_the_start_is_waited_for(casepost_at, own_server):
    own_server.deliver("ada", *mails.mails(3))
    own_server.stop()
    casepost = casepost_at(Mailbox(own_server, "ada"))
    casepost.start()
    casepost.wait_for_log("retrying|again in", level="warning")
    assert casepost.get("/healthz").status == 200
    assert casepost.get("/readyz").status == 503
    own_server.start()
    casepost.wait_for_messages(3, deadline=90)


@pytest.mark.parametrize("share", [0.02, 0.3, 0.6, 0.9])
def test_a_connection_cut_in_mid_sync_is_taken_up_again(casepost_at, server, user, proxy, share):
    sent = mails.mails(60)
    server.deliver(user, *sent)
    gate = proxy(server.tls_port)
    gate.cut_after = int(total(server, user) * share)
    casepost = casepost_at(Mailbox(server, user, port=gate.port))
    casepost.start()
    wait_for(gate.cut.is_set, 20, "the cut")
    gate.heal()
    casepost.wait_for_messages(60, deadline=90)
    assert casepost.digests() == sorted(map(digest, sent))


def test_a_connection_that_breaks_every_time_still_makes_progress(
        casepost_at, server, user, proxy):
    """Each connection gets through two thirds of the mail; whole batches must stay."""
    sent = [mails.big_attachment(i, 3_000_000) for i in range(6)]
    server.deliver(user, *sent)
    gate = proxy(server.tls_port)
    gate.cut_after = total(server, user) * 2 // 3
    casepost = casepost_at(Mailbox(server, user, port=gate.port))
    casepost.start()
    casepost.wait_for_messages(len(sent), deadline=120)
    assert gate.connections > 1


def test_a_killed_fetcher_is_started_again(casepost, server, user):
    from harness import processes
    server.deliver(user, mails.mail(1))
    casepost.start()
    casepost.wait_for_messages(1)
    fetcher, = processes.children(casepost.pid, "casepost-fetcher")
    processes.kill_all([fetcher])
    server.deliver(user, mails.mail(2))
    casepost.wait_for_messages(2, deadline=60)


def test_killed_readers_are_replaced(casepost, server, user):
    from harness import processes
    server.deliver(user, mails.mail(1))
    casepost.start()
    casepost.wait_for_messages(1)
    processes.kill_all(processes.children(casepost.pid, "casepost-reader"))
    server.deliver(user, *mails.mails(5, start=2))
    casepost.wait_for_messages(6, deadline=60)
    assert all(message["class"] for message in casepost.export())
