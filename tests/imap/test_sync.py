"""What is on the server is in the casebook: once, byte for byte, and the mailbox stays as it is.

That no flag changes and that the account of messages balances is checked after every test.
"""

import re

from harness import mails
from harness.casepost import Mailbox
from harness.dovecot import digest
from harness.waiting import wait_for


def bodies_sent(server, user):
    """How many message bodies each finished session of the user took, in order."""
    return [int(count) for count in re.findall(
        rf"imap\({re.escape(user)}\).*Disconnected: .*body_count=(\d+)", server.log())]


def test_the_first_sync_takes_every_message_with_its_digest(casepost, server, user):
    sent = mails.mails(60)
    server.deliver(user, *sent)
    casepost.once()
    assert casepost.digests() == sorted(digest(message) for message in sent)


def test_a_second_sync_takes_nothing(casepost, server, user):
    server.deliver(user, *mails.mails(20))
    casepost.once()
    before = casepost.everything()
    casepost.once()
    assert casepost.everything() == before
    wait_for(lambda: len(bodies_sent(server, user)) >= 2, 10, "the second session's end")
    # The harness looks at flags only between the two, so the last session is casepost's.
    assert bodies_sent(server, user)[-1] == 0


def test_a_later_sync_takes_the_new_messages_only(casepost, server, user):
    server.deliver(user, *mails.mails(20))
    casepost.once()
    server.deliver(user, *mails.mails(3, start=20))
    sessions = len(bodies_sent(server, user))
    casepost.once()
    assert len(casepost.export()) == 23
    assert sum(wait_for(lambda: bodies_sent(server, user)[sessions:], 10, "the session's end")) == 3


def test_an_empty_mailbox_is_in_step_at_once(casepost):
    casepost.once()
    assert casepost.export() == []


def test_the_same_bytes_in_two_folders_are_one_message_with_two_sources(
        casepost_at, server, user):
    server.make_folder(user, "Answers")
    server.deliver(user, mails.mail(1), mails.mail(2))
    server.deliver(user, mails.mail(1), folder="Answers")
    casepost = casepost_at(Mailbox(server, user, folders="INBOX, Answers"))
    casepost.once()
    by_digest = {message["sha256"]: message for message in casepost.export()}
    assert len(by_digest) == 2
    assert sorted(by_digest[digest(mails.mail(1))]["sources"]) == [
        "imap:research/Answers", "imap:research/INBOX"]


def test_a_folder_name_beyond_ascii_is_found_and_shown_as_written(casepost_at, server, user):
    server.make_folder(user, "Fälle & Lehren")
    server.deliver(user, mails.mail(1), folder="Fälle & Lehren")
    casepost = casepost_at(Mailbox(server, user, folders="Fälle & Lehren"))
    casepost.once()
    assert [message["source"] for message in casepost.export()] == ["imap:research/Fälle & Lehren"]


def test_a_folder_that_does_not_exist_is_told_and_does_not_stop_the_others(
        casepost_at, server, user):
    server.deliver(user, *mails.mails(3))
    casepost = casepost_at(Mailbox(server, user, folders="INBOX"))
    casepost.mailboxes[0].keys["folders"] = "INBOX, Nowhere"
    casepost.write_configuration()
    casepost.mailboxes[0].keys["folders"] = "INBOX"
    casepost.expect_error("Nowhere")
    assert casepost.once(check=False) == 1
    assert casepost.log("Nowhere")
    assert len(casepost.export()) == 3


def test_an_expunged_message_stays_in_the_casebook(casepost, server, user):
    server.deliver(user, *mails.mails(3))
    casepost.once()
    before = casepost.digests()
    server.expunge(user, server.messages(user)[0].uid)
    casepost.once()
    assert casepost.digests() == before


def test_two_mailboxes_fill_one_casebook(casepost_at, server, user):
    server.deliver(user, *mails.mails(4))
    server.deliver(user + "-2", *mails.mails(4, start=10))
    casepost = casepost_at(Mailbox(server, user, "first"), Mailbox(server, user + "-2", "second"))
    casepost.once()
    assert sorted({message["source"] for message in casepost.export()}) == [
        "imap:first/INBOX", "imap:second/INBOX"]
    assert len(casepost.export()) == 8


def test_a_mailbox_out_of_reach_gives_1_and_the_others_are_taken(casepost_at, server, user, proxy):
    gate = proxy(server.tls_port)
    gate.refuse = True
    server.deliver(user, *mails.mails(4))
    casepost = casepost_at(Mailbox(server, user, "good"))
    casepost.mailboxes.append(Mailbox(server, user + "-2", "lost", port=gate.port))
    casepost.write_configuration()
    casepost.mailboxes.pop()
    casepost.expect_error("lost")
    assert casepost.once(check=False) == 1
    assert len(casepost.export()) == 4
    assert casepost.log("mailbox lost")


def test_starttls_takes_the_messages_too(casepost_at, server, user):
    server.deliver(user, *mails.mails(3))
    casepost = casepost_at(Mailbox(server, user, port=server.port, security="starttls"))
    casepost.once()
    assert len(casepost.export()) == 3
    assert any("TLS" in line for line in server.logins(user)), "the log-in was not encrypted"


def test_a_plain_connection_is_for_loopback_only(casepost_at, server, user):
    server.deliver(user, *mails.mails(2))
    casepost = casepost_at(Mailbox(server, user, port=server.port, security="insecure",
                                   ca_file=""))
    casepost.once()
    assert len(casepost.export()) == 2


def test_log_lines_hold_no_sender_no_subject_and_no_password(casepost, server, user):
    server.deliver(user, *mails.mails(30))
    casepost.once()
    log = casepost.log_text()
    for secret in ("writer", "Mail number", "Our blockchain project", server.password, "LedgerDesk"):
        assert secret not in log, f"the log holds {secret!r}"
