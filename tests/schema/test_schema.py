"""What the schemas promise: migrations that apply in order, statements that compile against them,
exports that fit their description, vocabularies that are whole tables."""

import json
import pathlib
import re
import sqlite3

import pytest

from harness import mails
from harness.casepost import ROOT
from harness.schema import violations

SCHEMA = ROOT / "schema"
DATABASES = sorted(path.name for path in SCHEMA.iterdir() if list(path.glob("[0-9]*.sql")))


def migrations(name):
    return sorted((SCHEMA / name).glob("[0-9]*.sql"))


def migrated(name):
    database = sqlite3.connect(":memory:", isolation_level=None)
    for path in migrations(name):
        database.executescript("BEGIN;" + path.read_text() + ";COMMIT;")
    return database


def statements(path):
    """{name: SQL} of a file whose statements begin with lines `-- name: what for`."""
    found, name = {}, None
    for line in path.read_text().splitlines():
        match = re.match(r"-- ([a-z0-9_]+): \S", line)
        if match:
            name = match.group(1)
            assert name not in found, f"{path.name}: {name} is there twice"
            found[name] = ""
        elif name:
            found[name] += line + "\n"
    return found


@pytest.mark.parametrize("name", DATABASES)
def test_migrations_are_numbered_without_a_gap(name):
    assert [int(path.name[:3]) for path in migrations(name)] == list(
        range(1, len(migrations(name)) + 1))


@pytest.mark.parametrize("name", DATABASES)
def test_migrations_apply_and_their_tables_are_strict(name):
    database = migrated(name)
    for table, sql in database.execute(
            "SELECT name, sql FROM sqlite_schema WHERE type = 'table' AND sql NOT LIKE"
            " 'CREATE VIRTUAL%' AND name NOT LIKE 'sqlite_%' AND name NOT IN"
            " (SELECT s.name FROM sqlite_schema AS s, sqlite_schema AS v WHERE"
            "  v.sql LIKE 'CREATE VIRTUAL%' AND s.name LIKE v.name || '_%')"):
        assert re.search(r"\bSTRICT\b", sql.rsplit(")", 1)[1]), f"table {table} is not STRICT"


@pytest.mark.parametrize("name, file", [
    (name, path.name) for name in DATABASES for path in sorted((SCHEMA / name).glob("*.sql"))
    if not path.name[0].isdigit()])
def test_every_statement_compiles_against_its_schema(name, file):
    database = migrated(name)
    found = statements(SCHEMA / name / file)
    assert found
    for statement, sql in found.items():
        names = set(re.findall(r"[:@$]([a-z_][a-z0-9_]*)", re.sub(r"'[^']*'|--.*", "", sql)))
        try:
            database.execute("EXPLAIN " + sql.strip().rstrip(";"), dict.fromkeys(names))
            if sql.lstrip().startswith("CREATE TEMP"):
                database.execute(sql)  # what follows may need it
        except sqlite3.Error as error:
            raise AssertionError(f"{file}: {statement}: {error}") from error


def test_json_schemas_are_json():
    for path in SCHEMA.glob("*.json"):
        json.loads(path.read_text())


def test_exports_fit_their_schema(casepost, server, user):
    schema = json.loads((SCHEMA / "export.schema.json").read_text())
    server.deliver(user, *mails.mails(40), mails.deeply_nested(1, 10_000), mails.NO_MIME, mails.EMPTY)
    casepost.once()
    parts = schema.get("$defs", schema)
    for kind in ("messages", "cases"):
        lines = casepost.export(kind)
        assert lines
        part = parts.get(kind) or parts.get(kind[:-1]) or schema
        for line in lines:
            assert violations(line, part, schema) == [], line


def test_quotes_of_exports_stand_where_they_say(casepost, server, user):
    server.deliver(user, *mails.mails(40))
    casepost.once()
    by_id = {message["id"]: message for message in casepost.export()}
    checked = 0
    for case in casepost.export("cases"):
        for field, values in case["fields"].items():
            for value in values:
                if value["method"] in ("sender", "reviewed"):
                    continue
                message = by_id[value["message"]]
                if value["part"].startswith("attachment:"):
                    texts = [a["text"] for a in message["attachments"]
                             if "attachment:" + a["name"] == value["part"]]
                else:
                    texts = [message[value["part"]]]
                quote = value["quote"].encode()
                assert any((text or "").encode()[value["start"]:value["end"]] == quote
                           for text in texts), (field, value)
                checked += 1
    assert checked > 10


@pytest.mark.parametrize("path", sorted((SCHEMA / "vocabulary").glob("*.tsv")), ids=lambda p: p.name)
def test_a_vocabulary_is_a_whole_table(path):
    rows = [line.split("\t") for line in path.read_text().splitlines()
            if line and not line.startswith("#")]
    assert len(rows) > 1, "it has no rows"
    for number, row in enumerate(rows, 1):
        assert len(row) <= len(rows[0]), f"row {number} has {len(row)} columns: {row}"
        assert any(cell.strip() for cell in row), f"row {number} says nothing"
    assert "\r" not in path.read_text()
