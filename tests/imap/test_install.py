"""What `cmake --install` puts down works from there."""

import pathlib
import subprocess

from harness import mails
from harness.casepost import BUILD


def install(folder):
    done = subprocess.run(["cmake", "--install", BUILD, "--prefix", folder / "usr"], text=True,
                          capture_output=True)
    assert done.returncode == 0, done.stderr
    return folder / "usr"


def test_an_installed_casepost_runs_from_where_it_was_put(folder):
    prefix = install(folder)
    (folder / "casepost.conf").write_text(f"[store]\ndirectory = {folder}/store\n")
    (folder / "one.eml").write_bytes(mails.submission(8))
    for arguments in (["import", folder / "one.eml"], ["verify"], ["export", "cases"]):
        done = subprocess.run([prefix / "bin/casepost", "-c", folder / "casepost.conf", *arguments],
                              text=True, capture_output=True, timeout=60)
        assert done.returncode == 0, done.stderr
    assert "LedgerDesk" in done.stdout
    done = subprocess.run([prefix / "sbin/casepostd", "-c", folder / "casepost.conf", "--once"],
                          text=True, capture_output=True, timeout=60)
    assert done.returncode == 0, done.stderr


def test_an_installation_has_its_unit_and_its_manual_pages(folder):
    prefix = install(folder)
    there = {str(path.relative_to(prefix)) for path in prefix.rglob("*") if path.is_file()}
    for wanted in ("bin/casepost", "sbin/casepostd", "lib/systemd/system/casepostd.service",
                   "lib/sysusers.d/casepost.conf", "lib/tmpfiles.d/casepost.conf",
                   "share/man/man1/casepost.1", "share/man/man5/casepost.conf.5",
                   "share/man/man8/casepostd.8", "share/casepost/export.schema.json"):
        assert wanted in there, f"{wanted} is not installed"
    assert [path for path in there if path.startswith("share/casepost/vocabulary/")]


def test_the_unit_starts_the_program_that_was_installed(folder):
    unit = pathlib.Path(BUILD / "systemd/casepostd.service").read_text()
    assert "sbin/casepostd" in unit and "@" not in unit.split("ExecStart=")[1].split("\n")[0]
