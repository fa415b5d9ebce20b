"""The API answers what openapi.json describes: statuses, types and the shape of every object."""

import json

import pytest

from harness import mails
from harness.casepost import ROOT
from harness.schema import violations

OPENAPI = json.loads((ROOT / "schema" / "openapi.json").read_text())


@pytest.fixture
def site(casepost, server, user):
    server.deliver(user, *mails.mails(12))
    casepost.once()
    return casepost.start()


def described(path, status):
    """The schema of an answer, by openapi.json."""
    answer = OPENAPI["paths"][path]["get"]["responses"][str(status)]
    return next(iter(answer["content"].values()))["schema"]


def assert_fits(site, path, target, status=200, login=True):
    answer = site.get("/api/v1" + target, login=login)
    assert answer.status == status, answer.text
    assert violations(json.loads(answer.text), described(path, status), OPENAPI) == []
    return json.loads(answer.text)


def test_everyone_gets_the_status(site):
    assert_fits(site, "/status", "/status", login=False)


def test_researchers_get_the_status(site):
    assert assert_fits(site, "/status", "/status")["messages"] == 12


def test_lists_and_their_objects(site):
    messages = assert_fits(site, "/messages", "/messages?limit=5")
    assert len(messages["messages"]) == 5 and messages["total"] == 12
    following = assert_fits(site, "/messages", "/" + messages["next"])
    assert not {m["id"] for m in messages["messages"]} & {m["id"] for m in following["messages"]}
    assert_fits(site, "/messages/{id}", f"/messages/{messages['messages'][0]['id']}")
    cases = assert_fits(site, "/cases", "/cases")
    assert cases["cases"] and cases["next"] is None
    assert_fits(site, "/cases/{id}", f"/cases/{cases['cases'][0]['id']}")


def test_the_objects_are_those_of_the_exports(site):
    by_id = {case["id"]: case for case in site.export("cases")}
    for case in assert_fits(site, "/cases", "/cases?limit=500")["cases"]:
        assert case == by_id.pop(case["id"])
    assert not by_id


@pytest.mark.parametrize("path, target, status, login", [
    ("/cases", "/cases", 401, False),
    ("/cases/{id}", "/cases/abc", 401, False),
    ("/messages", "/messages", 401, False),
    ("/messages/{id}", "/messages/1", 401, False),
    ("/cases", "/cases?colour=red", 400, True),
    ("/messages", "/messages?q=%22open", 400, True),
    ("/cases/{id}", "/cases/nothere", 404, True),
    ("/messages/{id}", "/messages/1", 404, True),
])
def test_failures_are_problem_details(site, path, target, status, login):
    answer = site.get("/api/v1" + target, login=login)
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert assert_fits(site, path, target, status, login)["status"] == status


def test_every_filter_that_is_described_is_known(site):
    for name in ("/cases", "/messages"):
        for parameter in OPENAPI["paths"][name]["get"]["parameters"]:
            words = parameter["schema"].get("enum") or {
                "country": ["EE"], "language": ["en"], "since": ["2020"], "until": ["2020-03"],
                "limit": ["3"], "offset": ["1"]}.get(parameter["name"], ["word"])
            for word in words:
                assert_fits(site, name, f"{name}?{parameter['name']}={word}")


def test_the_description_that_is_served_is_the_file(site):
    assert json.loads(site.get("/api/v1/openapi.json").text) == OPENAPI
