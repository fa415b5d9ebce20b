"""Files go through the same pipeline: Maildir, mbox, .eml and folders of them."""

import mailbox

import pytest

from harness import mails
from harness.dovecot import digest
from harness.waiting import wait_for


def write_eml(folder, messages):
    folder.mkdir(parents=True, exist_ok=True)
    for i, message in enumerate(messages):
        (folder / f"{i:03}.eml").write_bytes(message)
    return folder


def write_maildir(folder, messages):
    for name in ("cur", "new", "tmp"):
        (folder / name).mkdir(parents=True)
    for i, message in enumerate(messages):
        where = folder / ("new" if i % 2 else "cur")
        (where / f"{1_583_300_000 + i}.{i}.test{'' if i % 2 else ':2,S'}").write_bytes(message)
    return folder


def write_mbox(path, messages):
    box = mailbox.mbox(path)
    for message in messages:
        box.add(message)
    box.close()
    return path


def write(kind, folder, messages):
    if kind == "eml":
        return write_eml(folder / "letters", messages)
    if kind == "maildir":
        return write_maildir(folder / "Maildir", messages)
    folder.mkdir(parents=True, exist_ok=True)
    return write_mbox(folder / "old.mbox", messages)


def subjects(messages):
    return sorted(message["subject"] or "" for message in messages)


SENT = [mails.mail(i) for i in range(24)]
SUBJECTS = sorted([f"Mail number {i}" for i in range(24) if i % 8]
                  + [f"Our blockchain project in {mails.PLACES[k][0]}" for k in range(3)])


@pytest.mark.parametrize("kind", ["eml", "maildir", "mbox"])
def test_import_without_a_daemon_takes_every_message(casepost_at, folder, kind):
    casepost = casepost_at()
    casepost.run("import", write(kind, folder, SENT))
    assert subjects(casepost.export()) == SUBJECTS


@pytest.mark.parametrize("kind", ["eml", "maildir", "mbox"])
def test_import_with_a_running_daemon_takes_every_message(casepost_at, folder, kind):
    casepost = casepost_at()
    casepost.start()
    casepost.run("import", write(kind, folder, SENT))
    casepost.wait_for_messages(24)
    assert subjects(casepost.export()) == SUBJECTS


@pytest.mark.parametrize("kind", ["eml", "maildir", "mbox"])
def test_importing_again_changes_nothing(casepost_at, folder, kind):
    casepost = casepost_at()
    path = write(kind, folder, SENT)
    casepost.run("import", path)
    before = casepost.everything()
    casepost.run("import", path)
    assert casepost.everything() == before


def test_the_three_kinds_give_equal_cases(casepost_at, folder):
    cases = []
    for kind in ("eml", "maildir", "mbox"):
        casepost = casepost_at()
        casepost.run("import", write(kind, folder / kind, SENT))
        cases.append(sorted(
            (sorted((name, value["value"]) for name, values in case["fields"].items()
                    for value in values)) for case in casepost.export("cases")))
    assert cases[0] and cases[0] == cases[1] == cases[2]


def test_a_folder_of_all_kinds_is_taken_whole(casepost_at, folder):
    root = folder / "old"
    write_eml(root / "letters" / "2019", SENT[:8])
    write_maildir(root / "Maildir", SENT[8:16])
    write_mbox(root / "archive.mbox", SENT[16:])
    casepost = casepost_at()
    casepost.run("import", root)
    assert subjects(casepost.export()) == SUBJECTS


def test_a_single_eml_file_keeps_its_path_as_source(casepost_at, folder):
    path = write_eml(folder / "letters", [mails.mail(8)]) / "000.eml"
    casepost = casepost_at()
    casepost.run("import", path)
    message, = casepost.export()
    assert message["source"] == str(path)
    assert message["message_id"] == "<mail.8@test.example.org>"


def test_a_message_known_from_imap_gets_the_file_as_another_source(
        casepost, server, user, folder):
    server.deliver(user, mails.mail(1))
    casepost.once()
    path = folder / "same.eml"
    path.write_bytes(mails.mail(1).replace(b"\n", b"\r\n"))
    casepost.run("import", path)
    message, = casepost.export()
    assert message["sha256"] == digest(mails.mail(1))
    assert sorted(message["sources"]) == sorted(["imap:research/INBOX", str(path)])


def test_a_path_that_does_not_exist_is_an_error_that_names_it(casepost_at, folder):
    casepost = casepost_at()
    done = casepost.run("import", folder / "nowhere", check=False)
    assert done.returncode in (1, 2)
    assert "nowhere" in done.stderr


def test_import_while_mail_comes_in_takes_both(casepost, server, user, folder):
    casepost.start()
    server.deliver(user, *mails.mails(30, start=100))
    casepost.run("import", write_eml(folder / "letters", SENT))
    wait_for(lambda: len(casepost.export()) == 54, 60, "54 messages")
