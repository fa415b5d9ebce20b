"""First sync, second sync and memory over a generated mailbox; called by tests/bench/run."""

import argparse
import os
import pathlib
import random
import shutil
import statistics
import subprocess
import tempfile
import threading
import time

from harness import mails, processes
from harness.casepost import Casepost, Mailbox, program
from harness.certificates import Authority
from harness.dovecot import PASSWORD, Dovecot

STREAM = os.environ["CASEPOST_STREAM"]
USER = "bench"


def message(i):
    """Like mails.mail(), with the spread of sizes of a real mailbox: half below 8 KB, one in seven
    with an attachment, a few of megabytes."""
    dice = random.Random(f"bench {i}")
    size = int(min(5_000_000, max(600, dice.lognormvariate(9.0, 1.25))))
    if i % 50 == 0:
        return mails.submission(i)
    language = dice.choice(("en", "en", "en", "en", "de", "fr", "ru", "ja"))
    head = mails.header(i, f"Mail number {i}", In_Reply_To=(
        f"<mail.{i - dice.randint(1, 20)}@test.example.org>" if i > 20 and i % 3 == 0 else None))
    if size > 40_000 or i % 7 == 0:
        blob = dice.randbytes(max(200, size * 3 // 4 - 2000))
        return head + mails.multipart(
            i, "mixed", mails.text_part(i, mails.prose(i, 2000, language)),
            mails.attachment(i, f"annex-{i}.pdf", blob, "application/pdf"))
    text = mails.prose(i, size // 2, language)
    plain = mails.text_part(i, text)
    if i % 3 == 0:
        return head + mails.text_part(i, mails.prose(i, size, language))
    rich = "".join(f'<table><tr><td class="c{k % 5}"><p>{line}</p></td></tr></table>\n'
                   for k, line in enumerate(text.splitlines()))
    return head + mails.multipart(
        i, "alternative", plain, mails.text_part(i, f"<html><body>{rich}</body></html>\n", "html"))


class Watch:
    """Samples peak memory and processor time of each program in a session until it is stopped."""

    def __init__(self, session):
        self.peaks, self._times = {}, {}
        self._session, self._done = session, threading.Event()
        self._thread = threading.Thread(target=self._sample)
        self._thread.start()

    def _sample(self):
        while not self._done.is_set():
            for pid in processes.in_session(self._session):
                name, peak = processes.name_of(pid), processes.peak_memory(pid)
                if name and peak:
                    self.peaks[name] = max(self.peaks.get(name, 0), peak)
                    self._times[name, pid] = processes.processor_time(pid)
            self._done.wait(0.02)

    def stop(self):
        self._done.set()
        self._thread.join()
        times = {}
        for (name, _), took in self._times.items():
            times[name] = times.get(name, 0) + took
        return {name: (peak, times.get(name, 0)) for name, peak in self.peaks.items()}


def stream(server):
    """-> (messages, bytes, seconds) of the raw download."""
    done = subprocess.run([STREAM, str(server.ca_file), server.host, str(server.tls_port), USER,
                           PASSWORD], check=True, stdout=subprocess.PIPE, text=True)
    count, size, seconds = done.stdout.split()
    return int(count), int(size), float(seconds)


def once(casepost):
    """-> (seconds, {program: (peak memory, processor time)}) of one `casepostd --once`."""
    begun = time.monotonic()
    with open(casepost.folder / "log", "ab") as log:
        process = subprocess.Popen(
            [program("casepostd"), "-c", str(casepost.configuration), "--once"],
            stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
    watch = Watch(process.pid)
    status = process.wait()
    took = time.monotonic() - begun
    programs = watch.stop()
    if status != 0:
        raise SystemExit(f"casepostd --once gave {status}:\n" + casepost.log_text()[-3000:])
    return took, programs


def fill(server, count):
    folder = server.maildir(USER)
    for i in range(count):
        server.deliver(USER, message(i))
    return sum(path.stat().st_size for path in (folder / "new").iterdir())


def measure(folder, count, rounds):
    server = Dovecot(folder / "dovecot", Authority(folder / "ca")).start()
    try:
        print(f"making {count} messages", flush=True)
        size = fill(server, count)
        stream(server)  # warms the server's index, for us as for the stream
        table, programs, size_of_store = [], {}, 0
        for k in range(rounds):
            raw = stream(server)
            casepost = Casepost(folder / f"casepost{k}", Mailbox(server, USER), web=False)
            first, seen = once(casepost)
            second, _ = once(casepost)
            if len(casepost.export()) != count:
                raise SystemExit("the export does not hold every message")
            table.append((raw[2], first, second))
            for name, (peak, took) in seen.items():
                before = programs.get(name, (0, 0))
                programs[name] = max(before[0], peak), max(before[1], took)
            size_of_store = sum(path.stat().st_size for path in casepost.store.iterdir()
                                if path.is_file())
            shutil.rmtree(casepost.folder)
        return size, table, programs, size_of_store
    finally:
        server.stop()


def report(count, size, table, programs, size_of_store):
    print(f"\n{count} messages, {size / 1e6:.1f} MB, over TLS on loopback, "
          f"{os.cpu_count()} cores; median of {len(table)}\n")
    raw, first, second = (statistics.median(column) for column in zip(*table))
    ratio = statistics.median(row[1] / row[0] for row in table)
    print("| what | seconds | messages/s | MB/s | x raw |")
    print("| --- | --- | --- | --- | --- |")
    for what, took, times in (("raw stream", raw, 1.0), ("first sync", first, ratio)):
        print(f"| {what} | {took:.2f} | {count / took:,.0f} | {size / took / 1e6:.1f} "
              f"| {times:.2f} |")
    print(f"| second sync | {second:.2f} | | | |")
    print("\n| program | peak memory, MB | processor, s (all of its processes) |\n"
          "| --- | --- | --- |")
    for name, (peak, took) in sorted(programs.items()):
        print(f"| {name} | {peak / 1e6:.1f} | {took:.1f} |")
    print(f"\nstore: {size_of_store / 1e6:.1f} MB, {size_of_store / size:.2f} of the mail")


def main():
    ask = argparse.ArgumentParser(prog="tests/bench/run", description=__doc__)
    ask.add_argument("--messages", type=int, default=10_000)
    ask.add_argument("--rounds", type=int, default=3)
    options = ask.parse_args()
    folder = pathlib.Path(tempfile.mkdtemp(prefix="casepost-bench-"))
    folder.chmod(0o755)
    try:
        report(options.messages, *measure(folder, options.messages, options.rounds))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
