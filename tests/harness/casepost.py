"""casepost under test: its configuration, its programs, what they print, and what must be true of
every run although no test asks for it."""

import base64
import collections
import http.client
import json
import os
import pathlib
import re
import signal
import ssl
import subprocess
import time

from . import processes
from .ports import free_port
from .waiting import seconds, wait_for

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("CASEPOST_BUILD", ROOT / "build/dev")).resolve()

RESEARCHER, RESEARCHER_PASSWORD = "ada", "analytical engine"

Response = collections.namedtuple("Response", "status headers text")
LogLine = collections.namedtuple("LogLine", "level text")

_SANITIZER = re.compile(r"(Address|Leak|Thread|UndefinedBehavior|Memory)Sanitizer|runtime error:")
_LOG_LINE = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ (error|warning|notice|info|debug) (.*)$")


def program(name):
    path = BUILD / "daemon" / name
    if not path.exists():
        raise RuntimeError(f"{path} is missing: build it, or set CASEPOST_BUILD")
    return str(path)


def hash_password(password):
    """A yescrypt hash as crypt(3) makes it, by the system's own library."""
    import crypt
    setting = "$y$j75$" + base64.b64encode(os.urandom(12)).decode().translate(
        str.maketrans("+/", "./"))
    return crypt.crypt(password, setting)


class Mailbox:
    """A mailbox section of the configuration, pointing at a Dovecot or at something before it."""

    def __init__(self, server, user, name="research", **keys):
        self.server, self.user, self.name = server, user, name
        self.keys = {"host": server.host, "port": server.tls_port, "security": "tls",
                     "ca_file": server.ca_file, "user": user, "folders": "INBOX",
                     "poll_interval": "1h", **keys}

    def folders(self):
        return [folder.strip() for folder in self.keys["folders"].split(",")]


class Casepost:
    """One store, one configuration. Use it through the fixture, which ends it with finish()."""

    def __init__(self, folder, *mailboxes, web=True):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.store = self.folder / "store"
        self.configuration = self.folder / "casepost.conf"
        self.mailboxes = list(mailboxes)
        self.sections = {"store": {"directory": self.store}, "web": {}, "call": {}}
        self.port = free_port()
        if web:
            researchers = self.folder / "researchers"
            researchers.write_text(f"{RESEARCHER}:{hash_password(RESEARCHER_PASSWORD)}\n")
            self.sections["web"] = {"listen": f"127.0.0.1:{self.port}",
                                    "researchers": researchers}
        self.environment = {}
        self._process = None
        self._log = self.folder / "log"
        self._log.touch()
        self._expected_errors, self._incomplete = [], None
        self._flags_before = {}
        self._sessions, self._reports = [], []
        self.write_configuration()

    # ------------------------------------------------------------ configuration

    def write_configuration(self):
        """Writes the file anew from `sections` and `mailboxes`."""
        sections = dict(self.sections)
        for mailbox in self.mailboxes:
            secret = self.folder / f"{mailbox.name}.password"
            if not secret.exists():
                secret.write_text(mailbox.server.password + "\n")
                secret.chmod(0o600)
            sections[f"mailbox {mailbox.name}"] = {"password_file": secret, **mailbox.keys}
        text = ""
        for name, keys in sections.items():
            if keys:
                text += f"[{name}]\n" + "".join(f"{k} = {v}\n" for k, v in keys.items()) + "\n"
        self.configuration.write_text(text)

    def _environment(self):
        environment = {name: value for name, value in os.environ.items()
                       if name not in ("JOURNAL_STREAM", "NOTIFY_SOCKET", "CASEPOST_NOW")}
        environment.setdefault("ASAN_OPTIONS", "detect_stack_use_after_return=1:"
                               "strict_string_checks=1:check_initialization_order=1")
        environment.setdefault("UBSAN_OPTIONS", "print_stacktrace=1")
        environment.update(self.environment)
        return environment

    # ------------------------------------------------------------ the daemon

    def start(self, *arguments, wait=True):
        """Starts casepostd; returns when the site answers (unless wait is false)."""
        assert self._process is None, "it runs already"
        self._remember_flags()
        with open(self._log, "ab") as log:
            self._process = subprocess.Popen(
                [program("casepostd"), "-c", str(self.configuration), *arguments],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=self._environment(),
                start_new_session=True)
        self._sessions.append(self._process.pid)
        if wait:
            wait_for(self.answers, 20, "the site's answer")
        return self

    def answers(self):
        if self._process.poll() is not None:
            raise RuntimeError(f"casepostd ended with {self._process.returncode}:\n"
                               + self._log.read_text(errors="replace")[-2000:])
        return self.get("/healthz").status == 200

    @property
    def pid(self):
        return self._process.pid

    def runs(self):
        return self._process is not None and self._process.poll() is None

    def wait_for_exit(self, deadline=20):
        """Waits until the daemon has ended; -> exit status."""
        status = self._process.wait(seconds(deadline))
        self._process = None
        return status

    def signal(self, number):
        self._process.send_signal(number)

    def stop(self):
        """A clean stop; -> seconds it took. A daemon that needs longer than 5 s has failed."""
        begun = time.monotonic()
        self._process.send_signal(signal.SIGTERM)
        try:
            status = self._process.wait(seconds(5))
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
            self._process = None
            raise AssertionError("casepostd did not stop within 5 s of SIGTERM") from None
        self._process = None
        assert status == 0, f"casepostd stopped with {status}:\n" + self.log_text()[-2000:]
        return time.monotonic() - begun

    def kill(self):
        """kill -9 of the daemon alone, as the kernel does when memory is gone."""
        # As its children see it.
        self.expect_error("the other process has ended|stopped before the end")
        self._process.kill()
        self._process.wait()
        self._process = None

    def once(self, check=True, timeout=120):
        """casepostd --once; -> exit status. Its messages go into the log."""
        self._remember_flags()
        with open(self._log, "ab") as log:
            process = subprocess.Popen(
                [program("casepostd"), "-c", str(self.configuration), "--once"],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=self._environment(),
                start_new_session=True)
        self._sessions.append(process.pid)
        try:
            status = process.wait(seconds(timeout))
        except subprocess.TimeoutExpired:
            processes.kill_all(processes.in_session(process.pid))
            process.wait()
            raise AssertionError(f"casepostd --once did not end in {timeout} s:\n"
                                 + self.log_text()[-2000:]) from None
        if check:
            assert status == 0, f"casepostd --once gave {status}:\n" + self.log_text()[-2000:]
        return status

    # ------------------------------------------------------------ the command

    def run(self, *arguments, check=True, input=None, timeout=120):
        """Runs the command `casepost`; -> subprocess.CompletedProcess with text."""
        done = subprocess.run(
            [program("casepost"), "-c", str(self.configuration), *map(str, arguments)],
            stdin=None if input is not None else subprocess.DEVNULL, input=input,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=self._environment(),
            timeout=seconds(timeout), text=True)
        self._reports.append(done.stderr)
        if check:
            assert done.returncode == 0, \
                f"casepost {' '.join(map(str, arguments))} gave {done.returncode}:\n{done.stderr}"
        return done

    def export(self, kind="messages", *filters):
        """-> list of dicts, in the order of the export."""
        out = self.run("export", kind, *filters).stdout
        return [json.loads(line) for line in out.splitlines()]

    def everything(self):
        """Both exports, as one value to compare before and after."""
        return (sorted(self.export("messages"), key=lambda m: m["id"]),
                sorted(self.export("cases"), key=lambda c: c["id"]))

    def digests(self):
        """SHA-256 of every message in the export."""
        return sorted(message["sha256"] for message in self.export())

    def status(self):
        return json.loads(self.run("status", "--json").stdout)

    def wait_for_messages(self, count, deadline=60):
        """Waits until the casebook holds so many messages; -> the export."""
        def export():
            found.append(self.export())
            return len(found[-1]) >= count
        found = []
        wait_for(export, deadline, f"{count} messages in the export", every=0.05)
        return found[-1]

    # ------------------------------------------------------------ the site

    def get(self, path, login=None, method="GET", headers=None, tls=None):
        """One HTTP request; `login` is True for the researcher, or (name, password)."""
        fields = dict(headers or {})
        if login:
            name, password = (RESEARCHER, RESEARCHER_PASSWORD) if login is True else login
            fields["Authorization"] = "Basic " + base64.b64encode(
                f"{name}:{password}".encode()).decode()
        if tls:
            context = ssl.create_default_context(cafile=str(tls))
            connection = http.client.HTTPSConnection("127.0.0.1", self.port, timeout=seconds(10),
                                                     context=context)
        else:
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=seconds(10))
        try:
            connection.request(method, path, headers=fields)
            answer = connection.getresponse()
            return Response(answer.status, answer.headers,
                            answer.read().decode("utf-8", "replace"))
        except http.client.HTTPException as error:
            raise ConnectionError(repr(error)) from error
        finally:
            connection.close()

    # ------------------------------------------------------------ the log

    def log_text(self):
        return self._log.read_text(errors="replace")

    def log(self, pattern=None, level=None):
        """Lines of the daemon's log, those that match."""
        found = []
        for raw in self.log_text().splitlines():
            match = _LOG_LINE.match(raw)
            line = LogLine(*match.groups()) if match else LogLine(None, raw)
            if (level is None or line.level == level) and (
                    pattern is None or re.search(pattern, line.text)):
                found.append(line)
        return found

    def wait_for_log(self, pattern, level=None, deadline=20, count=1):
        return wait_for(lambda: (lambda lines: lines if len(lines) >= count else None)(
            self.log(pattern, level)), deadline, f"a log line that matches {pattern!r}")

    # ------------------------------------------------------------ what must always be true

    def expect_error(self, pattern):
        """An err line that matches is what this test is about."""
        self._expected_errors.append(re.compile(pattern))

    def expect_incomplete(self, reason):
        """This test leaves messages on the server that were not taken, and says why."""
        self._incomplete = reason

    def _remember_flags(self):
        for mailbox in self.mailboxes:
            if mailbox.server.running():
                for folder in mailbox.folders():
                    key = (mailbox.server, mailbox.user, folder)
                    if key not in self._flags_before:
                        self._flags_before[key] = mailbox.server.flags(mailbox.user, folder)

    def _unexpected_errors(self):
        return [f"err line that no test asked for: {line.text}" for line in self.log(level="error")
                if not any(pattern.search(line.text) for pattern in self._expected_errors)]

    def _sanitizer_reports(self):
        everything = "\n".join([self.log_text(), *self._reports])
        match = _SANITIZER.search(everything)
        if not match:
            return []
        return ["sanitizer report:\n" + everything[max(0, match.start() - 200):][:4000]]

    def _children_left(self):
        def left():
            return [pid for session in self._sessions for pid in processes.in_session(session)]
        try:
            wait_for(lambda: not left(), 5, "the end of all children")
            return []
        except AssertionError:
            pids = left()
            names = ", ".join(f"{processes.name_of(pid)} ({pid})" for pid in pids)
            processes.kill_all(pids)
            return [f"child left behind: {names}"]

    def _changed_flags(self):
        changed = []
        for (server, user, folder), before in self._flags_before.items():
            if not server.running():
                continue
            now = server.flags(user, folder)
            for key, flags in before.items():
                if user in server.touched:
                    if key in now and flags - {r"\Recent"} != now[key] - {r"\Recent"}:
                        changed.append(f"flags of {key}: {set(flags)}, now {set(now[key])}")
                elif key not in now:
                    changed.append(f"message {key} has left the server")
                elif now[key] != flags:
                    changed.append(f"flags of {key}: {set(flags)}, now {set(now[key])}")
            if user not in server.touched:
                changed += [f"{key} is no longer recent" for key in now.keys() - before.keys()
                            if r"\Recent" not in now[key]]
        return changed

    def _unbalanced(self):
        """Every message on the server is in the export, and nothing else claims to be from it."""
        if self._incomplete or not self._sessions:
            return []
        on_server, taken = collections.Counter(), collections.Counter()
        touched = False
        for mailbox in self.mailboxes:
            if not mailbox.server.running():
                return []
            touched = touched or mailbox.user in mailbox.server.touched
            for folder in mailbox.folders():
                on_server.update({m.sha256 for m in mailbox.server.messages(mailbox.user, folder)})
        for message in self.export():
            if any(place.startswith("imap:") for place in message["sources"]):
                taken[message["sha256"]] += 1
        problems = []
        if on_server.keys() - taken.keys():
            problems.append(f"{len(on_server.keys() - taken.keys())} messages on the server "
                            "are not in the export")
        if taken.keys() - on_server.keys() and not touched:
            problems.append(f"{len(taken.keys() - on_server.keys())} messages of the export "
                            "are not on the server")
        if any(times > 1 for times in taken.values()):
            problems.append("the same bytes are in the export more than once")
        return problems

    def finish(self):
        """Stops what runs and returns all that is wrong, as sentences."""
        problems = []
        if self._process is not None:
            if self._process.poll() is not None:
                problems.append(f"casepostd had ended by itself with {self._process.returncode}:\n"
                                + self.log_text()[-2000:])
                self._process = None
            else:
                try:
                    self.stop()
                except AssertionError as error:
                    problems.append(str(error))
        problems += self._children_left()
        problems += self._unexpected_errors()
        problems += self._changed_flags()
        try:
            problems += self._unbalanced()
        except (AssertionError, subprocess.TimeoutExpired) as error:
            problems.append(f"the account could not be drawn up: {error}")
        problems += self._sanitizer_reports()
        return problems
