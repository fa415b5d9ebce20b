"""A throwaway Dovecot on loopback: any user, one password, Maildirs below a temporary folder.

Runs as root (mail belongs to the user `mail`) and as a normal user. It is a child
in the foreground, so that ending it needs no pid file.
"""

import base64
import collections
import grp
import hashlib
import imaplib
import os
import pathlib
import pwd
import re
import shutil
import socket
import ssl
import subprocess

from .ports import free_port
from .waiting import seconds, wait_for

imaplib._MAXLINE = 100_000_000  # one line of a FETCH of a hostile message may be very long

PASSWORD = "correct-horse"

Stored = collections.namedtuple("Stored", "uid flags sha256 size")

_CONFIGURATION = """
base_dir = {folder}/run
state_dir = {folder}/state
instance_name = casepost-{port}
log_path = {folder}/dovecot.log
auth_verbose = yes
protocols = imap
listen = 127.0.0.1
default_internal_user = {internal}
default_internal_group = {internal_group}
default_login_user = {login}
first_valid_uid = 1
mail_home = {folder}/mail/%u
mail_location = maildir:~/Maildir
mail_max_userip_connections = 200
mail_fsync = never
disable_plaintext_auth = no
auth_mechanisms = plain login
auth_failure_delay = 0
ssl = {ssl}
ssl_cert = <{certificate}
ssl_key = <{key}
ssl_min_protocol = TLSv1.2
mailbox_idle_check_interval = 1 secs
imap_capability = {capability}
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={owner} gid={group} home={folder}/mail/%u
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
  chroot =
}}
namespace inbox {{
  inbox = yes
}}
"""


def crlf(message):
    """A message with the line ends that a server sends."""
    return re.sub(rb"\r?\n", b"\r\n", message)


def digest(message):
    """SHA-256 of a message as an IMAP server sends it, in hexadecimal."""
    return hashlib.sha256(crlf(message)).hexdigest()


def utf7(folder):
    """A folder's name as IMAP writes it (RFC 3501 5.1.3)."""
    def shift(match):
        coded = base64.b64encode(match.group().encode("utf-16-be")).rstrip(b"=")
        return "&" + coded.decode().replace("/", ",") + "-"
    return re.sub(r"[^\x20-\x7e]+", shift, folder.replace("&", "&-"))


class Dovecot:
    """One server. `port` speaks plain IMAP and STARTTLS, `tls_port` TLS."""

    def __init__(self, folder, authority, hosts=("localhost", "127.0.0.1"), days=30,
                 capability="", offer_tls=True):
        self.folder = pathlib.Path(folder)
        self.host = "localhost"
        self.password = PASSWORD
        self.authority = authority
        self.ca_file = authority.file
        self.port, self.tls_port = free_port(), free_port()
        self._delivered = 0
        self._process = None
        self.touched = set()  # users whose mailbox a test changed other than by delivery
        me = pwd.getpwuid(os.getuid())
        self._root = me.pw_uid == 0
        self._owner = pwd.getpwnam("mail") if self._root else me
        internal = "dovecot" if self._root else me.pw_name
        for name in ("run", "state", "mail"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        self._own(self.folder / "mail")
        certificate, key = authority.issue(*hosts, days=days)
        self._configuration = self.folder / "dovecot.conf"
        self._configuration.write_text(_CONFIGURATION.format(
            folder=self.folder, port=self.port, tls_port=self.tls_port, internal=internal,
            internal_group=grp.getgrgid(pwd.getpwnam(internal).pw_gid).gr_name,
            login="dovenull" if self._root else me.pw_name, owner=self._owner.pw_name,
            group=grp.getgrgid(self._owner.pw_gid).gr_name, certificate=certificate, key=key,
            password=PASSWORD, capability=capability, ssl="yes" if offer_tls else "no"))

    # ------------------------------------------------------------ life

    def start(self):
        program = shutil.which("dovecot") or shutil.which("dovecot", path="/usr/sbin:/sbin")
        if not program:
            raise RuntimeError("no dovecot: apt-get install dovecot-imapd")
        with open(self.folder / "startup.log", "w") as output:
            self._process = subprocess.Popen([program, "-F", "-c", str(self._configuration)],
                                             stdin=subprocess.DEVNULL, stdout=output,
                                             stderr=subprocess.STDOUT,
                                             start_new_session=True)
        wait_for(self.answers, 10, "Dovecot's greeting")
        return self

    def running(self):
        return self._process is not None and self._process.poll() is None

    def answers(self):
        if self._process.poll() is not None:
            raise RuntimeError("dovecot: " + (self.folder / "startup.log").read_text())
        with socket.create_connection(("127.0.0.1", self.port), 5) as probe:
            return probe.recv(4) == b"* OK"

    def stop(self):
        """Ends the server and every session; clients see BYE or a closed connection."""
        if self._process is None:
            return
        process, self._process = self._process, None
        process.terminate()
        try:
            process.wait(seconds(10))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def restart(self):
        self.stop()
        self.start()

    def log(self):
        path = self.folder / "dovecot.log"
        return path.read_text(errors="replace") if path.exists() else ""

    def forget_log(self):
        """Starts the log anew, so that a test sees only what happens from now on."""
        path = self.folder / "dovecot.log"
        if path.exists():
            with open(path, "w"):
                pass

    def logins(self, user):
        """Lines of the log that tell of a log-in of this user, successful or not."""
        return [line for line in self.log().splitlines()
                if f"user=<{user}>" in line or f"auth: static({user}," in line]

    # ------------------------------------------------------------ mail in

    def _own(self, *paths):
        if self._root:
            for path in paths:
                os.chown(path, self._owner.pw_uid, self._owner.pw_gid)

    def maildir(self, user, folder="INBOX"):
        """The folder's Maildir, made if need be."""
        root = self.folder / "mail" / user / "Maildir"
        path = root if folder == "INBOX" else root / ("." + utf7(folder))
        missing = [p for p in (path, *path.parents) if not p.exists()]
        for name in ("", "cur", "new", "tmp"):
            (path / name).mkdir(parents=True, exist_ok=True)
        self._own(*missing, *(path / name for name in ("cur", "new", "tmp")))
        return path

    def deliver(self, user, *messages, folder="INBOX", mtime=None):
        """Puts messages into the Maildir as a delivery agent does."""
        path = self.maildir(user, folder)
        for message in messages:
            self._delivered += 1
            at = 1_583_300_000 + self._delivered if mtime is None else mtime
            name = f"{at}.M{self._delivered}P1.test"
            (path / "tmp" / name).write_bytes(message.replace(b"\r\n", b"\n"))
            os.utime(path / "tmp" / name, (at, at))
            self._own(path / "tmp" / name)
            os.rename(path / "tmp" / name, path / "new" / name)

    def session(self, user):
        """A plain IMAP session of the tests themselves."""
        session = imaplib.IMAP4("127.0.0.1", self.port)
        session.login(user, PASSWORD)
        return session

    def append(self, user, message, folder="INBOX", flags=""):
        """Puts a message by IMAP APPEND, with flags."""
        self.maildir(user)
        with self.session(user) as session:
            when = imaplib.Time2Internaldate(1_583_300_000 + self._delivered)
            self._delivered += 1
            answer, data = session.append(f'"{utf7(folder)}"', flags, when, crlf(message))
            assert answer == "OK", data

    def make_folder(self, user, folder):
        self.maildir(user)
        with self.session(user) as session:
            answer, data = session.create(f'"{utf7(folder)}"')
            assert answer == "OK", data

    def expunge(self, user, uid, folder="INBOX"):
        """Removes a message as its owner would in a mail program."""
        self.touched.add(user)
        with self.session(user) as session:
            session.select(f'"{utf7(folder)}"')
            session.uid("STORE", str(uid), "+FLAGS", r"(\Deleted)")
            session.expunge()

    def set_uidvalidity(self, user, folder="INBOX", step=1):
        """Gives the folder another UIDVALIDITY and its messages new UIDs, as a server does whose
        folder was restored from a backup."""
        path = self.maildir(user, folder)
        self.touched.add(user)
        before = self.uidvalidity(user, folder)
        for index in path.glob("dovecot.index*"):
            index.unlink()
        listing = path / "dovecot-uidlist"
        head, *rows = listing.read_text().splitlines()
        first = 1 + int(re.search(r"\bN(\d+)", head).group(1))
        renumbered = [re.sub(r"^\d+", str(first + k), row) for k, row in enumerate(rows)]
        head = re.sub(r"\bV\d+", f"V{before + step}", head)
        head = re.sub(r"\bN\d+", f"N{first + len(rows)}", head)
        replacement = path / "dovecot-uidlist.new"
        replacement.write_text("\n".join([head, *renumbered]) + "\n")
        self._own(replacement)
        os.rename(replacement, listing)
        return before + step

    # ------------------------------------------------------------ mail out, for comparison

    def uidvalidity(self, user, folder="INBOX"):
        with self.session(user) as session:
            answer, _ = session.select(f'"{utf7(folder)}"', readonly=True)
            assert answer == "OK"
            return int(session.response("UIDVALIDITY")[1][0])

    def messages(self, user, folder="INBOX"):
        """What the server holds, as a list of Stored; looking changes nothing."""
        stored = []
        with self.session(user) as session:
            answer, data = session.select(f'"{utf7(folder)}"', readonly=True)
            assert answer == "OK", data
            if int(data[0]) == 0:
                return []
            _, data = session.uid("FETCH", "1:*", "(UID FLAGS BODY.PEEK[])")
            for item in data:
                if not isinstance(item, tuple):
                    continue
                uid = int(re.search(rb"UID (\d+)", item[0]).group(1))
                flags = re.search(rb"FLAGS \(([^)]*)\)", item[0]).group(1).decode().split()
                stored.append(Stored(uid, frozenset(flags),
                                     hashlib.sha256(item[1]).hexdigest(), len(item[1])))
        return stored

    def flags(self, user, folder="INBOX"):
        """{(UIDVALIDITY, UID): flags}, \\Recent among them: a client that opened the folder for
        writing takes it away."""
        with self.session(user) as session:
            answer, data = session.select(f'"{utf7(folder)}"', readonly=True)
            if answer != "OK" or int(data[0]) == 0:
                return {}
            validity = int(session.response("UIDVALIDITY")[1][0])
            _, data = session.uid("FETCH", "1:*", "(UID FLAGS)")
            found = {}
            for line in data:
                uid = int(re.search(rb"UID (\d+)", line).group(1))
                flags = re.search(rb"FLAGS \(([^)]*)\)", line).group(1).decode().split()
                found[validity, uid] = frozenset(flags)
            return found

    def folders(self, user):
        with self.session(user) as session:
            _, data = session.list()
            return sorted(line.decode().rsplit(' "." ', 1)[-1].strip('"') for line in data if line)

    def tls_session(self, user):
        context = ssl.create_default_context(cafile=str(self.ca_file))
        session = imaplib.IMAP4_SSL(self.host, self.tls_port, ssl_context=context)
        session.login(user, PASSWORD)
        return session
