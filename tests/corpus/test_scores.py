"""The extraction is as good as it was: each corpus is imported, exported and scored, and no figure
may fall below its floor in floor.json. Who raises a figure raises its floor."""

import json
import pathlib
import subprocess
import sys

import pytest

HERE = pathlib.Path(__file__).parent
FLOORS = json.loads((HERE / "floor.json").read_text())
CORPORA = sorted(path.parent.name for path in HERE.glob("*/gold.jsonl"))


@pytest.fixture(scope="module")
def figures(session_folder):
    """Figures of a corpus by its name; each is imported once."""
    from harness.casepost import Casepost
    known = {}

    def of(corpus):
        if corpus not in known:
            casepost = Casepost(session_folder / f"corpus-{corpus}", web=False)
            casepost.run("import", HERE / corpus, timeout=300)
            out = session_folder / f"exports-{corpus}"
            out.mkdir()
            for kind in ("messages", "cases"):
                (out / kind).write_text(casepost.run("export", kind).stdout)
            score = [sys.executable, HERE / "score.py", HERE / corpus, out / "messages",
                     out / "cases"]
            print(subprocess.run(score, check=True, capture_output=True, text=True).stdout)
            known[corpus] = json.loads(subprocess.run(
                [*score, "--json"], check=True, capture_output=True, text=True).stdout)
            assert casepost.finish() == []
        return known[corpus]

    return of


def test_every_corpus_has_a_floor():
    assert sorted(FLOORS) == CORPORA


@pytest.mark.parametrize("corpus", CORPORA)
def test_every_message_of_the_corpus_is_there(figures, corpus):
    found = figures(corpus)
    assert found["messages_present"] == found["messages"]


@pytest.mark.parametrize("corpus, figure", [
    (corpus, figure) for corpus in sorted(FLOORS) for figure in FLOORS[corpus]])
def test_no_figure_falls_below_its_floor(figures, corpus, figure):
    found = figures(corpus)[figure]
    print(f"{corpus}: {figure} {found} (floor {FLOORS[corpus][figure]})")
    assert found >= FLOORS[corpus][figure], f"{corpus}: {figure} is {found}"
