"""Looking at processes through /proc: children left behind, memory used, descriptors held."""

import os
import pathlib
import signal


def _stat(pid):
    """-> (state, parent, session), or None when there is no such process."""
    try:
        fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except (OSError, IndexError):
        return None
    return fields[0], int(fields[1]), int(fields[3])


def in_session(session):
    """Pids of living processes in a session; a daemon that a test starts leads its own."""
    found = []
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            stat = _stat(entry)
            if stat and stat[2] == session and stat[0] not in "ZX":
                found.append(int(entry))
    return found


def name_of(pid):
    try:
        command = pathlib.Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")[0].decode()
        return os.path.basename(command)
    except OSError:
        return ""


def children(pid, name=None):
    """Pids of the living children of a process, all or those of one program."""
    found = []
    for entry in os.listdir("/proc"):
        stat = _stat(entry) if entry.isdigit() else None
        if stat and stat[1] == pid and stat[0] not in "ZX":
            if name is None or name_of(entry) == name:
                found.append(int(entry))
    return sorted(found)


def peak_memory(pid):
    """VmHWM in bytes; 0 for one that is gone."""
    try:
        for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    except OSError:
        pass
    return 0


def processor_time(pid):
    """Seconds of processor time so far, user and system; 0 for one that is gone."""
    try:
        fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    except (OSError, IndexError):
        return 0


def descriptors(pid):
    return len(os.listdir(f"/proc/{pid}/fd"))


def kill_all(pids):
    for pid in pids:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
