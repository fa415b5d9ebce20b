"""Fixtures: what a whole-program test asks for by name."""

import itertools
import os
import pathlib
import shutil
import sys
import tempfile

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
sys.dont_write_bytecode = True

from harness.casepost import Casepost, Mailbox  # noqa: E402
from harness.certificates import Authority  # noqa: E402
from harness.dovecot import Dovecot  # noqa: E402
from harness.proxy import Proxy  # noqa: E402


def _new_folder():
    # Not pytest's own: the user that owns the mail has to get in, and paths of sockets are short.
    folder = pathlib.Path(tempfile.mkdtemp(prefix="casepost-"))
    folder.chmod(0o755)
    return folder


@pytest.fixture(scope="session")
def session_folder():
    folder = _new_folder()
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def folder(request):
    """A temporary folder of the test; kept when CASEPOST_TEST_KEEP is set."""
    folder = _new_folder()
    yield folder
    if "CASEPOST_TEST_KEEP" in os.environ:
        print(f"{request.node.name}: kept {folder}")
    else:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def authority(session_folder):
    """The certificate authority that tests trust."""
    return Authority(session_folder / "ca")


@pytest.fixture(scope="session")
def shared_server(session_folder, authority):
    server = Dovecot(session_folder / "dovecot", authority).start()
    yield server
    server.stop()


@pytest.fixture
def server(shared_server):
    """A running Dovecot that this test shares with others: change only your own user's mail."""
    return shared_server


@pytest.fixture
def own_server(folder, authority):
    """A running Dovecot of this test's own, to stop and start."""
    server = Dovecot(folder / "dovecot", authority).start()
    yield server
    server.stop()


_users = itertools.count(1)


@pytest.fixture
def user(server):
    """A user with an empty mailbox."""
    name = f"user{os.getpid()}-{next(_users)}"
    server.maildir(name)
    return name


@pytest.fixture
def casepost_at(request, folder):
    """Makes any number of stores: casepost_at(Mailbox(…), …). All are ended and checked."""
    made = []
    # Set up before, so that they are still there when the stores are checked against them.
    for name in ("server", "own_server", "proxy"):
        if name in request.fixturenames:
            request.getfixturevalue(name)

    def make(*mailboxes, **options):
        made.append(Casepost(folder / f"casepost{len(made) + 1}", *mailboxes, **options))
        return made[-1]

    yield make
    problems = [problem for one in made for problem in one.finish()]
    assert not problems, "\n".join(problems)


@pytest.fixture
def casepost(casepost_at, server, user):
    """A store with one mailbox, that of `user` on `server`."""
    return casepost_at(Mailbox(server, user))


@pytest.fixture
def proxy():
    """Makes proxies before a port: proxy(port)."""
    made = []

    def make(port):
        made.append(Proxy(port))
        return made[-1]

    yield make
    for one in made:
        one.close()
