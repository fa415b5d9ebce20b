"""Every message is accounted for, however it is made, and the one after it is read as ever."""

import pytest

from harness import mails, processes
from harness.casepost import Mailbox
from harness.dovecot import digest
from harness.waiting import wait_for

HOSTILE = {
    "a message of 60 MB": lambda: mails.big_attachment(1, 60_000_000),
    "60 MB of text": lambda: mails.sized(1, 60_000_000),
    "10,000 parts one in the other": lambda: mails.deeply_nested(1, 10_000),
    "10,000 messages one in the other": lambda: mails.forwarded_deeply(1, 10_000),
    "10,000 parts side by side": lambda: mails.many_parts(1, 10_000),
    "no message at all": lambda: mails.EMPTY,
    "bytes that are no mail": lambda: mails.NO_MIME,
    "a boundary of one quote": lambda: mails.QUOTED_BOUNDARY,
    "a head without an end": lambda: b"Subject: x\n" + b"X-Long: " + b"y" * 2_000_000,
    "a head of 100,000 fields": lambda: b"X-A: b\n" * 100_000 + b"\nBody\n",
    "an encoded word of a megabyte": lambda: (
        b"Subject: =?utf-8?B?" + b"QUJD" * 250_000 + b"?=\n\nBody\n"),
    "base64 that is none": lambda: (mails.header(1, "No base64") + b"Content-Type: text/plain\n"
                                    b"Content-Transfer-Encoding: base64\n\n@@@@ not = base64\n"),
    "an unknown character set": lambda: (
        mails.header(1, "Unknown") + b"Content-Type: text/plain; charset=x-martian\n\n\xff\xfe\n"),
    "HTML nested 50,000 deep": lambda: (
        mails.header(1, "Deep HTML") + b"Content-Type: text/html\n\n"
        + b"<div>" * 50_000 + b"deep" + b"</div>" * 50_000 + b"\n"),
    "50,000 levels of quotation": lambda: (
        mails.header(1, "Deep quotes") + b"Content-Type: text/plain\n\n"
        + b">" * 50_000 + b" deep\n" + b"> quoted\n" * 50_000),
    "one line of ten megabytes": lambda: (
        mails.header(1, "One line") + b"Content-Type: text/plain\n\n" + b"word " * 2_000_000),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_it_is_accounted_for_and_its_neighbours_are_read(casepost, server, user, what):
    neighbours = [mails.submission(8), mails.submission(16), mails.submission(24)]
    server.deliver(user, neighbours[0], HOSTILE[what](), *neighbours[1:])
    casepost.once(timeout=240)
    by_digest = {message["sha256"]: message for message in casepost.export()}
    assert len(by_digest) == 4, "a message is missing from the export"
    for message in neighbours:
        assert by_digest[digest(message)]["class"] == "submission"
    assert len(casepost.export("cases")) >= 3
    casepost.run("verify")


def test_ten_thousand_parts_are_read_or_set_aside_with_a_reason(casepost, server, user):
    server.deliver(user, mails.deeply_nested(1, 10_000))
    casepost.once()
    message, = casepost.export()
    assert message["problems"] or casepost.run("setaside", "list").stdout.strip(), \
        "nobody is told that something is left out"


def test_the_daemon_takes_60_mb_in_bounded_memory(casepost, server, user):
    import os
    server.deliver(user, mails.mail(1))
    casepost.start()
    casepost.wait_for_messages(1)
    server.deliver(user, mails.big_attachment(2, 60_000_000))
    server.deliver(user, mails.mail(3))
    casepost.wait_for_messages(3, deadline=120)
    peaks = {processes.name_of(pid): processes.peak_memory(pid)
             for pid in processes.in_session(casepost.pid)}
    # A sanitizer's shadow memory and quarantine are no measure of ours.
    if "asan" not in os.environ.get("CASEPOST_BUILD", ""):
        assert peaks["casepostd"] < 300e6, peaks
        assert peaks["casepost-fetcher"] < 100e6, peaks


def test_a_message_that_kills_its_reader_is_set_aside_and_can_be_tried_again(
        casepost, server, user):
    """The reader that holds a large message is killed, as the kernel does when memory is gone."""
    server.deliver(user, mails.mail(1))
    casepost.start()
    casepost.wait_for_messages(1)
    usual = max(map(processes.peak_memory, processes.children(casepost.pid, "casepost-reader")))
    server.deliver(user, mails.big_attachment(2, 30_000_000), mails.mail(3))
    killed = []

    def hunt():
        for reader in processes.children(casepost.pid, "casepost-reader"):
            if processes.peak_memory(reader) > usual + 25_000_000 and reader not in killed:
                processes.kill_all([reader])
                killed.append(reader)
        return casepost.log("is set aside")

    wait_for(hunt, 60, "the message set aside", every=0.001)
    assert len(killed) == 2, "it is tried once more, alone, and no more"
    casepost.wait_for_messages(3)
    assert len(casepost.run("setaside", "list").stdout.splitlines()) == 1
    casepost.run("setaside", "retry")
    wait_for(lambda: all(message["class"] for message in casepost.export()), 60,
             "every message read")
    assert casepost.run("setaside", "list").stdout.strip() == ""
