"""What the house asks of its own files. A tool that is not installed skips its test."""

import os
import pathlib
import re
import shutil
import subprocess

import pytest

from harness.casepost import ROOT

# What a stage may include of ours, itself aside; daemon/ wires all of it.
ARROWS = {
    "base": set(),
    "fetch": {"base"},
    "archive": {"base"},
    "read": {"base"},
    "extract": {"base", "read"},
    "casebook": {"base", "archive", "read", "extract"},
    "serve": {"base", "archive", "read", "extract", "casebook"},
    "daemon": {"base", "fetch", "archive", "read", "extract", "casebook", "serve", "daemon"},
}

# Where a foreign header may be included: one place, so that the library behind it can change.
FOREIGN = {
    r"sqlite3\.h": r"lib/base/db\.c",
    r"libetpan/.*": r"lib/fetch/.*",
    r"gmime/.*": r"lib/read/.*",
    r"microhttpd\.h": r"lib/serve/.*",
    r"gnutls/.*": r"lib/(fetch/tls|base/digest)\.c",
    r"zstd\.h": r"lib/(archive|read)/.*",
    r"seccomp\.h": r"(lib/read|daemon)/.*",
    r"systemd/.*": r"daemon/.*",
    r"ini\.h": r"daemon/.*",
    r"gumbo\.h": r"lib/read/.*",
}

BANNED = ("strcpy", "strcat", "sprintf", "vsprintf", "strtok", "atoi", "atol", "gets", "alloca",
          "system", "popen", "tmpnam", "rand")


def sources(*suffixes):
    return sorted(path for folder in ("lib", "daemon") for path in (ROOT / folder).rglob("*")
                  if path.suffix in suffixes)


def name(path):
    return str(path.relative_to(ROOT))


def code(path):
    """The text without comments and string literals, line for line."""
    def blank(match):
        return re.sub(r"[^\n]", " ", match.group())
    return re.sub(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', blank,
                  path.read_text(), flags=re.S)


def includes(path):
    return re.findall(r'^\s*#\s*include\s+(["<])([^">]+)[">]', path.read_text(), re.M)


def stage(path):
    parts = path.relative_to(ROOT).parts
    return parts[1] if parts[0] == "lib" else parts[0]


def shell_scripts():
    found = []
    for folder in (ROOT / "tests", ROOT / ".ci", ROOT / "systemd", ROOT / "packaging"):
        for path in sorted(folder.rglob("*")) if folder.exists() else ():
            if path.is_file() and path.suffix in ("", ".sh"):
                with path.open("rb") as file:
                    if re.match(rb"#!.*\b(ba|da)?sh\b", file.readline()):
                        found.append(path)
    return found


def test_arrows_between_stages_point_one_way():
    wrong = []
    for path in sources(".c", ".h"):
        here = stage(path)
        for mark, header in includes(path):
            there = header.split("/")[0]
            if mark == '"' and there in ARROWS and there != here and there not in ARROWS[here]:
                wrong.append(f"{name(path)} includes {header}")
    assert wrong == []


def test_foreign_headers_are_included_in_one_place():
    wrong = []
    for path in sources(".c", ".h"):
        for _, header in includes(path):
            for pattern, place in FOREIGN.items():
                if re.fullmatch(pattern, header) and not re.fullmatch(place, name(path)):
                    wrong.append(f"{name(path)} includes {header}")
    assert wrong == []


def test_headers_that_other_stages_see_include_no_third_party():
    foreign = "|".join(FOREIGN)
    private = {f"{stage(path)}/{path.name}" for path in sources(".h") for _, header in includes(path)
               if re.fullmatch(foreign, header)}
    assert [f"{name(path)} includes {header}" for path in sources(".c", ".h")
            for _, header in includes(path)
            if header in private and header.split("/")[0] != stage(path)] == []


def test_functions_that_invite_mistakes_are_not_called():
    pattern = re.compile(rf"(?<![\w.>])({'|'.join(BANNED)})\s*\(")
    assert [f"{name(path)}: {match.group(1)}" for path in sources(".c", ".h")
            for match in pattern.finditer(code(path))] == []


def test_no_file_is_longer_than_600_lines():
    long = {name(path): len(path.read_text().splitlines()) for path in sources(".c", ".h")}
    assert {path: count for path, count in long.items() if count > 600} == {}


def test_no_function_is_longer_than_60_lines():
    long = []
    for path in sources(".c"):
        begun = None
        for number, line in enumerate(path.read_text().splitlines(), 1):
            if line == "{":
                begun = number
            elif line == "}" and begun:
                if number - begun - 1 > 60:
                    long.append(f"{name(path)}:{begun}: {number - begun - 1} lines")
                begun = None
    assert long == []


def test_every_source_opens_with_what_it_is():
    assert [name(path) for path in sources(".c")
            if not path.read_text().lstrip().startswith("/*")] == []


def test_no_state_at_file_scope():
    """Mutable variables of a file are shared by all threads that call into it."""
    # The log's level; a table of functions whose type in libetpan lacks a const.
    allowed = {"lib/base/log.c", "lib/fetch/session.c"}
    wrong = []
    for path in sources(".c"):
        if name(path) in allowed:
            continue
        depth = 0
        for number, line in enumerate(code(path).splitlines(), 1):
            if depth == 0 and re.match(r"static\s+(?!.*\bconst\b)[\w\s*]+\w+(\[[^]]*\])*\s*(=|;)",
                                       line) and "(" not in line:
                wrong.append(f"{name(path)}:{number}")
            depth += line.count("{") - line.count("}")
    assert wrong == []


def test_no_sql_and_no_html_is_spelled_out_in_code():
    sql = re.compile(r'"\s*(SELECT .* FROM (?!sqlite_)|INSERT (OR \w+ )?INTO|UPDATE \w+ SET|DELETE FROM|'
                     r'CREATE (TABLE|INDEX|VIEW))\b')
    markup = re.compile(r'"[^"\n]*</?(div|span|p|a|table|tr|td|th|ul|li|h[1-6]|section|mark)\b[^"\n]*"')
    wrong = []
    for path in sources(".c", ".h"):
        # Comments may quote either.
        text = re.sub(r"/\*.*?\*/", lambda m: re.sub(r"[^\n]", " ", m.group()), path.read_text(),
                      flags=re.S)
        for pattern in (sql, markup):
            for match in pattern.finditer(text):
                line = text[:match.start()].count("\n") + 1
                wrong.append(f"{name(path)}:{line}: {match.group()[:50]}")
    # The reader takes HTML apart, so its tags are data there; the highlighter weaves marks into
    # text, which no template can.
    allowed = ("lib/read/html", "lib/serve/highlight.c")
    assert [line for line in wrong if not line.startswith(allowed)] == []


def test_code_is_formatted():
    tool = shutil.which("clang-format")
    if not tool:
        pytest.skip("clang-format is not installed")
    done = subprocess.run([tool, "--dry-run", "-Werror", *map(str, sources(".c", ".h"))],
                          capture_output=True, text=True, cwd=ROOT)
    files = sorted(set(re.findall(r"^(\S+?):\d+:\d+: error", done.stderr, re.M)))
    assert files == [], "run clang-format -i on them"


def test_shell_scripts_pass_shellcheck():
    tool = shutil.which("shellcheck")
    if not tool:
        pytest.skip("shellcheck is not installed")
    scripts = shell_scripts()
    assert scripts
    done = subprocess.run([tool, "-x", *map(str, scripts)], capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0, done.stdout


def test_manual_pages_pass_mandoc():
    tool = shutil.which("mandoc")
    if not tool:
        pytest.skip("mandoc is not installed")
    pages = sorted(path for path in (ROOT / "daemon").rglob("*.[1-8]"))
    assert pages, "there are no manual pages"
    done = subprocess.run([tool, "-Tlint", "-Wwarning", *map(str, pages)], capture_output=True,
                          text=True)
    assert done.returncode == 0, done.stdout


def test_every_program_has_a_manual_page():
    for page in ("casepostd.8", "casepost.1", "casepost.conf.5"):
        assert list((ROOT / "daemon").rglob(page)), f"{page} is missing"


def test_the_unit_file_is_understood_by_systemd(folder):
    tool = shutil.which("systemd-analyze")
    if not tool:
        pytest.skip("systemd-analyze is not installed")
    # The program is installed elsewhere; what is checked is the language.
    unit = folder / "casepostd.service"
    unit.write_text(re.sub(r"(?m)^(ExecStart=)(\S+)", r"\1/bin/true",
                           (ROOT / "systemd/casepostd.service.in").read_text()))
    done = subprocess.run([tool, "verify", "--man=no", str(unit)], capture_output=True, text=True)
    about_us = [line for line in done.stderr.splitlines() if "casepostd" in line]
    assert about_us == []


def test_text_files_end_in_a_newline_and_lines_in_no_blank():
    wrong = []
    for folder in ("lib", "daemon", "schema", "systemd", "tests"):
        for path in (ROOT / folder).rglob("*"):
            if path.suffix not in (".c", ".h", ".sql", ".tsv", ".html", ".css", ".py", ".cmake",
                                   ".txt", ".md", ".service") or not path.is_file():
                continue
            text = path.read_text()
            if text and not text.endswith("\n"):
                wrong.append(f"{name(path)}: no newline at its end")
            if path.suffix != ".tsv" and re.search(r"[ \t]+$", text, re.M):
                wrong.append(f"{name(path)}: blanks at the end of a line")
    assert wrong == []


def test_no_generated_file_is_in_the_tree():
    if not (ROOT / ".git").exists() or not shutil.which("git"):
        pytest.skip("this is no git clone")
    done = subprocess.run(["git", "-c", f"safe.directory={ROOT}", "ls-files"], cwd=ROOT,
                          capture_output=True, text=True, check=True)
    wrong = [line for line in done.stdout.splitlines()
             if re.search(r"(\.o|\.pyc|~|\.orig|\.rej|\.db(-wal|-shm)?)$|^build", line)]
    assert wrong == []
