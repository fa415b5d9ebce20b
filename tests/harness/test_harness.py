"""What is checked after every test has teeth: each fault is made on purpose and has to be found."""

import subprocess

from harness import mails
from harness.casepost import Casepost, Mailbox
from harness.dovecot import digest
from harness.schema import violations


def store(folder, server, user):
    casepost = Casepost(folder / "casepost", Mailbox(server, user))
    casepost._remember_flags()
    return casepost


def test_an_err_line_is_found_unless_it_is_expected(folder, server, user):
    casepost = store(folder, server, user)
    (casepost.folder / "log").write_text("2020-03-04T09:12:00Z error the disk is full event=x\n"
                                         "2020-03-04T09:12:00Z warning we go on\n")
    assert len(casepost._unexpected_errors()) == 1
    casepost.expect_error("disk")
    assert casepost._unexpected_errors() == []


def test_a_sanitizers_report_is_found(folder, server, user):
    casepost = store(folder, server, user)
    (casepost.folder / "log").write_text("x.c:1:2: runtime error: signed integer overflow\n")
    assert casepost._sanitizer_reports()


def test_a_child_left_behind_is_found_and_ended(folder, server, user):
    casepost = store(folder, server, user)
    child = subprocess.Popen(["sleep", "60"], start_new_session=True)
    casepost._sessions.append(child.pid)
    assert "sleep" in casepost._children_left()[0]
    assert child.wait() != 0


def test_a_message_marked_as_read_is_found(folder, server, user):
    server.deliver(user, *mails.mails(2))
    casepost = store(folder, server, user)
    assert casepost._changed_flags() == []
    with server.session(user) as session:
        session.select("INBOX")
        session.fetch("1", "(BODY[])")
    assert casepost._changed_flags()


def test_a_folder_opened_for_writing_is_found(folder, server, user):
    server.deliver(user, *mails.mails(2))
    casepost = store(folder, server, user)
    with server.session(user) as session:
        session.select("INBOX")
    assert casepost._changed_flags()


def test_looking_at_the_server_changes_nothing_there(folder, server, user):
    server.deliver(user, *mails.mails(2))
    server.append(user, mails.mail(3), flags=r"(\Flagged)")
    casepost = store(folder, server, user)
    assert sorted(m.sha256 for m in server.messages(user)) == sorted(
        digest(mails.mail(i)) for i in (0, 1, 3))
    assert casepost._changed_flags() == []


def test_a_message_that_was_not_taken_unbalances_the_account(folder, server, user):
    server.deliver(user, *mails.mails(2))
    casepost = store(folder, server, user)
    casepost._sessions.append(1 << 30)
    casepost.export = lambda: [{"sha256": digest(mails.mail(0)), "sources": ["imap:research/INBOX"]}]
    assert casepost._unbalanced()


def test_a_value_that_does_not_fit_its_schema_is_found():
    schema = {"type": "object", "required": ["id"], "additionalProperties": False,
              "properties": {"id": {"type": "integer", "minimum": 1},
                             "tags": {"type": "array", "items": {"enum": ["a", "b"]}}}}
    assert violations({"id": 1, "tags": ["a"]}, schema) == []
    for wrong in ({}, {"id": 0}, {"id": True}, {"id": 1, "x": 1}, {"id": 1, "tags": ["c"]}, []):
        assert violations(wrong, schema), wrong
