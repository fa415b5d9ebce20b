"""The site: totals for everyone, all else for researchers, nothing to change, nothing to inject."""

import html
import json
import re
import xml.dom.minidom

import pytest

from harness import mails
from harness.casepost import Casepost, Mailbox
from harness.waiting import wait_for

PRIVATE = ["/cases", "/messages", "/cases.csv", "/cases.ndjson", "/messages.ndjson", "/feed.atom",
           "/api/v1/cases", "/api/v1/messages"]
PUBLIC = ["/", "/api/v1/status", "/healthz", "/readyz", "/metrics"]


@pytest.fixture(scope="module")
def site(session_folder, shared_server):
    """A running site over sixteen messages, two of which tell of a case. Only looked at, so that
    one serves all tests."""
    shared_server.deliver("site", *mails.mails(16))
    casepost = Casepost(session_folder / "site", Mailbox(shared_server, "site"))
    casepost.start()
    casepost.wait_for_messages(16)
    yield casepost
    assert casepost.finish() == []


def test_everyone_sees_totals_and_no_more(site):
    page = site.get("/")
    assert page.status == 200
    assert "16" in page.text
    for secret in ("LedgerDesk", "writer", "Mail number", "City of", "Our blockchain project"):
        assert secret not in page.text, f"the public page holds {secret!r}"


@pytest.mark.parametrize("path", PRIVATE)
def test_without_a_login_everything_else_is_401(site, path):
    answer = site.get(path)
    assert answer.status == 401
    assert answer.headers["WWW-Authenticate"].startswith("Basic")
    assert "LedgerDesk" not in answer.text


@pytest.mark.parametrize("login", [("ada", "wrong"), ("eve", "analytical engine"), ("", ""),
                                   ("ada", ""), ("ada:analytical", "engine")])
def test_a_wrong_login_is_401(casepost, login):
    casepost.start()
    assert casepost.get("/cases", login=login).status == 401


def test_guessing_passwords_is_slowed_down(casepost):
    casepost.start()
    seen = {casepost.get("/cases", login=("ada", f"guess {i}")).status for i in range(60)}
    assert seen == {401, 429}
    assert casepost.get("/").status == 200


def test_single_cases_and_messages_are_401_whether_they_exist_or_not(site):
    case = site.export("cases")[0]
    message = site.export()[0]
    for path in (f"/cases/{case['id']}", "/cases/none", f"/messages/{message['id']}",
                 "/messages/1", f"/api/v1/cases/{case['id']}"):
        assert site.get(path).status == 401


@pytest.mark.parametrize("path", PRIVATE)
def test_a_researcher_sees_every_page(site, path):
    assert site.get(path, login=True).status == 200


def test_a_case_page_highlights_the_words_that_say_it(site):
    case = next(case for case in site.export("cases") if "country" in case["fields"])
    page = site.get(f"/cases/{case['id']}", login=True)
    assert page.status == 200
    marked = " ".join(html.unescape(re.sub(r"<[^>]+>", "", found))
                      for found in re.findall(r"<mark\b[^>]*>(.*?)</mark>", page.text, re.S))
    quotes = [value["quote"] for values in case["fields"].values() for value in values
              if value.get("quote")]
    assert quotes
    for quote in quotes:
        assert quote.split()[0] in marked, f"{quote!r} is not highlighted"


def test_a_message_page_shows_its_text(site):
    message = next(m for m in site.export() if m["subject"].startswith("Our blockchain project"))
    page = site.get(f"/messages/{message['id']}", login=True)
    assert page.status == 200
    text = html.unescape(re.sub(r"<[^>]+>", "", page.text))
    assert "involve the registrars early" in text


def test_what_does_not_exist_is_404(site):
    for path in ("/cases/none", "/messages/999999999", "/nowhere", "/api/v1/nowhere",
                 "/cases/../../etc/passwd", "/messages/1e5"):
        assert site.get(path, login=True).status == 404, path


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
def test_only_get_and_head_are_served(site, method):
    for path in ("/", "/cases"):
        assert site.get(path, login=True, method=method).status == 405


def test_head_gives_the_head_of_get(site):
    for path in PUBLIC:
        head = site.get(path, method="HEAD")
        assert head.status == site.get(path).status
        assert head.text == ""


def test_the_status_api_tells_the_front_pages_totals(site):
    status = json.loads(site.get("/api/v1/status").text)
    assert '"messages":16' in json.dumps(status, separators=(",", ":"))
    assert "LedgerDesk" not in json.dumps(status)
    told = site.status()
    for total in ("messages", "cases", "set_aside"):
        assert told[total] == status[total]


def test_the_cases_api_equals_the_export(site):
    listed = json.loads(site.get("/api/v1/cases", login=True).text)
    rows = listed if isinstance(listed, list) else listed["cases"]
    assert sorted(row["id"] for row in rows) == sorted(c["id"] for c in site.export("cases"))


def test_ndjson_downloads_equal_the_exports(site):
    for kind in ("cases", "messages"):
        lines = site.get(f"/{kind}.ndjson", login=True).text.splitlines()
        assert sorted(lines) == sorted(site.run("export", kind).stdout.splitlines())


def test_filters_choose_and_wrong_ones_are_told(site):
    all_cases = site.export("cases")
    country = next(c["fields"]["country"][0]["value"] for c in all_cases if "country" in c["fields"])
    chosen = [json.loads(line) for line in
              site.get(f"/cases.ndjson?country={country}", login=True).text.splitlines()]
    assert chosen and len(chosen) < len(all_cases)
    assert all(country in [v["value"] for v in c["fields"]["country"]] for c in chosen)
    assert site.get("/cases?since=yesterday", login=True).status == 400


@pytest.mark.parametrize("query", ["registrars", "%22involve+the+registrars%22", "'", "%22", "AND",
                                   "*", "NEAR(", "a%00b", "%F0%9F%8C%8D", "x" * 2000, "-", "%22%22"])
def test_a_search_finds_or_refuses_and_never_fails(site, query):
    assert site.get(f"/messages?q={query}", login=True).status in (200, 400)


def test_a_search_finds_the_words(site):
    assert "Our blockchain project" in site.get("/messages?q=registrars", login=True).text
    assert "Our blockchain project" not in site.get("/messages?q=submarines", login=True).text


def test_the_feed_is_xml(site):
    feed = xml.dom.minidom.parseString(site.get("/feed.atom", login=True).text)
    assert feed.documentElement.tagName == "feed"


def test_the_table_opens_in_a_spreadsheet(site):
    import csv
    import io
    rows = list(csv.DictReader(io.StringIO(site.get("/cases.csv", login=True).text)))
    assert len(rows) == len(site.export("cases"))
    for row in rows:
        for cell in row.values():
            assert not (cell or "").startswith(("=", "+", "@")), "a formula in a cell"


def test_metrics_are_prometheus_text(site):
    answer = site.get("/metrics")
    assert answer.headers["Content-Type"].startswith("text/plain")
    for line in answer.text.splitlines():
        assert re.match(r'^(#.*|[a-z_:][a-z0-9_:]*(\{[^{}]*\})? [-+0-9.eE]+(NaN)?)$', line), line
    assert re.search(r"^casepost_\w+", answer.text, re.M)


def test_readiness_tells_whether_each_mailbox_was_reached(casepost_at, server, user, proxy):
    gate = proxy(server.tls_port)
    gate.refuse = True
    casepost = casepost_at(Mailbox(server, user, port=gate.port))
    casepost.start()
    assert casepost.get("/healthz").status == 200
    assert casepost.get("/readyz").status == 503
    gate.heal()
    wait_for(lambda: casepost.get("/readyz").status == 200, 60, "readiness")


def test_markup_in_a_mail_stays_text(casepost, server, user):
    evil = '<script>alert(1)</script><img src=x onerror=alert(1)> "quoted" {{x}} & more'
    server.deliver(user, mails.header(1, evil, sender=f'"{evil[:25]}" <a@b.example>')
                   + mails.text_part(1, f"{evil}\n\nProject: {evil}\nCountry: Estonia\n"
                                        "Our service is live with 40 users.\n"))
    casepost.start()
    message, = casepost.wait_for_messages(1)
    pages = ["/", "/messages", f"/messages/{message['id']}", "/cases", "/feed.atom",
             "/messages?q=script"]
    pages += [f"/cases/{case['id']}" for case in casepost.export("cases")]
    for path in pages:
        page = casepost.get(path, login=True)
        assert page.status == 200
        assert "<script>alert" not in page.text and "<img src=x" not in page.text, path


def test_pages_forbid_what_they_do_not_need(site):
    for path, login in (("/", False), ("/cases", True)):
        headers = site.get(path, login=login).headers
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "no-referrer" or "same-origin" in headers["Referrer-Policy"]
    assert "no-store" in site.get("/cases", login=True).headers["Cache-Control"] \
        or "private" in site.get("/cases", login=True).headers["Cache-Control"]


def test_hostile_requests_leave_the_site_serving(site):
    import socket
    for raw in (b"\0" * 100, b"GET / HTTP/9.9\r\n\r\n", b"GET " + b"/a" * 40_000 + b" HTTP/1.1\r\n\r\n",
                b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 5000 + b"\r\n", b"\r\n\r\n\r\n",
                b"GET /cases?" + b"q=x&" * 5000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
                b"GET / HTTP/1.1\r\nHost: x\r\nAuthorization: Basic ////\r\n\r\n"):
        with socket.create_connection(("127.0.0.1", site.port), 5) as connection:
            connection.settimeout(1)
            try:
                connection.sendall(raw)
                connection.shutdown(socket.SHUT_WR)
                while connection.recv(65536):
                    pass
            except OSError:
                pass
    assert site.get("/healthz").status == 200


def test_a_researcher_added_by_the_command_can_log_in(site):
    site.run("researcher", "add", "grace", input="nanoseconds on a wire\n")
    wait_for(lambda: site.get("/cases", login=("grace", "nanoseconds on a wire")).status == 200,
             10, "the new login")
    assert site.get("/cases", login=("grace", "nanoseconds")).status == 401
    assert "grace" in site.run("researcher", "list").stdout
    site.run("researcher", "remove", "grace")
    wait_for(lambda: site.get("/cases", login=("grace", "nanoseconds on a wire")).status == 401,
             10, "the end of the login")


def test_without_researchers_only_totals_are_served(casepost, server, user):
    server.deliver(user, mails.mail(8))
    casepost.sections["web"]["researchers"] = ""
    casepost.sections["web"].pop("researchers")
    casepost.write_configuration()
    text = casepost.configuration.read_text()
    assert "researchers" not in text
    casepost.start()
    casepost.wait_for_messages(1)
    assert casepost.get("/").status == 200
    assert casepost.get("/cases", login=True).status in (401, 403, 404)


