"""The demo that the README promises works, and leaves nothing behind."""

import glob
import os
import signal
import subprocess
import tempfile

from harness import processes
from harness.casepost import BUILD, ROOT
from harness.waiting import seconds, wait_for


def demo(*arguments):
    return subprocess.Popen([ROOT / "tests/demo", *arguments], text=True, start_new_session=True,
                            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                            stderr=subprocess.STDOUT,
                            env={**os.environ, "CASEPOST_BUILD": str(BUILD)})


def left_behind():
    return glob.glob(os.path.join(tempfile.gettempdir(), "casepost-demo-*"))


def test_the_demo_shows_its_samples_and_what_is_dropped_into_it():
    running = demo("--check")
    output, _ = running.communicate(timeout=seconds(120))
    assert running.returncode == 0, output
    wait_for(lambda: processes.in_session(running.pid) == [], 5, "the end of its processes")


def test_the_demo_ends_on_a_signal_and_leaves_nothing_behind():
    before = left_behind()
    running = demo()
    told = []
    while not (told and told[-1].startswith("Ctrl-C")):
        line = running.stdout.readline()
        assert line, "".join(told)
        told.append(line)
    text = "".join(told)
    assert "http://127.0.0.1:" in text and "password" in text and "export cases" in text
    assert set(left_behind()) - set(before)
    running.send_signal(signal.SIGINT)
    running.communicate(timeout=seconds(30))
    assert running.returncode == 0
    assert set(left_behind()) - set(before) == set()
