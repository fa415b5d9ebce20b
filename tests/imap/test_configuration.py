"""A wrong configuration is an error of status 2 that names file, line and key."""

import re
import signal
import subprocess

import pytest

from harness import mails
from harness.casepost import Mailbox, program
from harness.dovecot import PASSWORD

GOOD = """\
[store]
directory = {folder}/store

[web]
listen = 127.0.0.1:{port}

[mailbox research]
host = imap.example.org
user = research@example.org
password_file = {folder}/password
folders = INBOX
"""


def write(folder, text):
    (folder / "password").write_text("secret\n")
    path = folder / "casepost.conf"
    path.write_text(text.format(folder=folder, port=20999))
    return path


def check(path, name="casepost", *arguments):
    return subprocess.run([program(name), "-c", str(path), *arguments], text=True,
                          stdin=subprocess.DEVNULL, capture_output=True, timeout=60)


def test_a_good_configuration_passes_the_check(folder):
    done = check(write(folder, GOOD), "casepost", "check")
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("old, new, line, key", [
    ("host = imap", "hots = imap", 8, "hots"),
    ("folders = INBOX", "port = many", 11, "port"),
    ("folders = INBOX", "port = 0", 11, "port"),
    ("folders = INBOX", "poll_interval = often", 11, "poll_interval"),
    ("folders = INBOX", "idle = perhaps", 11, "idle"),
    ("folders = INBOX", "security = rot13", 11, "security"),
    ("folders = INBOX", "ca_file = /nowhere/ca.pem", 11, "ca_file"),
    ("[web]", "[wbe]", 4, "wbe"),
    ("listen = 127.0.0.1:{port}", "lisen = 127.0.0.1:{port}", 5, "lisen"),
    ("user = research@example.org\n", "", 7, "user"),
    ("host = imap.example.org", "what is this", 8, ""),
])
def test_a_typo_is_named_with_file_line_and_key(folder, old, new, line, key):
    assert old in GOOD
    path = write(folder, GOOD.replace(old, new))
    for name, arguments in (("casepost", ["check"]), ("casepostd", ["--once"])):
        done = check(path, name, *arguments)
        assert done.returncode == 2, done.stderr
        assert f"{path}:{line}" in done.stderr and key in done.stderr, done.stderr


def test_a_missing_file_is_named(folder):
    for name, arguments in (("casepost", ["check"]), ("casepostd", [])):
        done = check(folder / "none.conf", name, *arguments)
        assert done.returncode == 2
        assert "none.conf" in done.stderr


def test_a_missing_password_file_is_named(folder):
    path = write(folder, GOOD.replace("{folder}/password", "/nowhere/password"))
    done = check(path, "casepost", "check")
    assert done.returncode == 2
    assert "password_file" in done.stderr and "/nowhere/password" in done.stderr


def test_an_insecure_mailbox_beyond_loopback_is_refused(folder):
    path = write(folder, GOOD.replace("folders = INBOX", "security = insecure"))
    done = check(path, "casepost", "check")
    assert done.returncode == 2
    assert "insecure" in done.stderr or "security" in done.stderr


@pytest.mark.parametrize("name", ["casepostd", "casepost", "casepost-fetcher", "casepost-reader"])
def test_every_program_tells_its_version_and_its_use(name):
    for option in ("--version", "--help"):
        done = subprocess.run([program(name), option], text=True, capture_output=True, timeout=60,
                              stdin=subprocess.DEVNULL)
        assert done.returncode == 0, done.stderr
        assert done.stdout.strip()


def test_an_unknown_command_or_option_is_wrong_usage(folder):
    path = write(folder, GOOD)
    for arguments in (["exprot"], ["export", "letters"], ["export", "messages", "--frmat", "csv"],
                      ["rebuild", "now"], []):
        done = check(path, "casepost", *arguments)
        assert done.returncode == 2, (arguments, done.stdout, done.stderr)
        assert done.stderr
    assert check(path, "casepostd", "--onse").returncode == 2


def test_check_connect_logs_in_and_lists_the_folders(casepost, server, user):
    server.make_folder(user, "Answers")
    done = casepost.run("check", "--connect")
    assert "INBOX" in done.stdout and "Answers" in done.stdout


def test_check_connect_tells_of_a_wrong_password(casepost, server, user):
    (casepost.folder / "research.password").write_text("wrong-horse\n")
    done = casepost.run("check", "--connect", check=False)
    assert done.returncode == 1
    assert "research" in done.stderr and "wrong-horse" not in done.stderr


def test_a_credential_of_systemd_serves_as_password(casepost, server, user, folder):
    server.deliver(user, mails.mail(1))
    (folder / "credentials").mkdir()
    (folder / "credentials" / "imap").write_text(PASSWORD + "\n")
    text = casepost.configuration.read_text()
    casepost.configuration.write_text(
        re.sub(r"password_file = .*", "password_credential = imap", text))
    casepost.environment["CREDENTIALS_DIRECTORY"] = str(folder / "credentials")
    casepost.once()
    assert len(casepost.export()) == 1


def test_sighup_takes_a_new_mailbox_in(casepost, server, user):
    server.deliver(user, mails.mail(1))
    server.deliver(user + "-2", mails.mail(2))
    casepost.start()
    casepost.wait_for_messages(1)
    casepost.mailboxes.append(Mailbox(server, user + "-2", "second"))
    casepost.write_configuration()
    casepost._remember_flags()
    casepost.signal(signal.SIGHUP)
    casepost.wait_for_messages(2, deadline=30)


def test_sighup_with_a_wrong_configuration_keeps_the_old_one(casepost, server, user):
    server.deliver(user, mails.mail(1))
    casepost.start()
    casepost.wait_for_messages(1)
    good = casepost.configuration.read_text()
    casepost.configuration.write_text(good.replace("host =", "hots ="))
    casepost.expect_error("hots")
    casepost.signal(signal.SIGHUP)
    casepost.wait_for_log("hots")
    casepost.configuration.write_text(good)
    server.deliver(user, mails.mail(2))
    casepost.wait_for_messages(2)
