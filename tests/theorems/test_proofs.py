"""The records of the theory: they hold, and they are complete."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest
from theory.pages import theory_pages

import stabkit
from stabkit import Document, Paragraph, Section, exposition
from stabkit.publish.document.symbols import undefined_symbols
from stabkit.publish.theory.article import theory_tex
from stabkit.publish.theory.front import letters_known, letters_of_the_model
from stabkit.theorems.evidence import STATUSES

RECORDS = stabkit.theorems()
PAGES = Path(__file__).parents[2] / "docs" / "theory"
LABELS = [theorem.label for theorem in RECORDS]
_PROSE_MATH = re.compile(r"\$[^$]*\$")


def prose(theorem, pieces):
    yield from (theorem.title, theorem.statement, theorem.lesson, *theorem.hypotheses)
    for step in pieces(theorem):
        yield from (step.name, step.reason)
        for field in ("claim", "grid", "note"):
            yield getattr(step.evidence, field, "")
    for _, meaning in theorem.notation:
        yield meaning


def test_nothing_fails(checked):
    failed = [
        (one.theorem.label, step.name)
        for one in checked
        for step in (*one.steps, *one.checks, *one.sharpness)
        if step.status == "failed"
    ]
    assert not failed
    assert not [(one.theorem.label, one.problem) for one in checked if one.status == "failed"]
    wrong = [one for one in checked if one.status == "refuted" and not one.theorem.refutation]
    assert not [(one.theorem.label, one.tried.failing) for one in wrong]


def test_the_badges_are_those_of_the_runner(checked):
    assert {one.theorem.label: one.badge for one in checked} == {
        theorem.label: theorem.badge for theorem in RECORDS
    }, "run scripts/make_theory.py"


@pytest.mark.parametrize("theorem", RECORDS, ids=LABELS)
def test_code_names_resolve(theorem):
    for name in theorem.code:
        package, *path = name.split(".")
        assert package == "stabkit"
        assert path[0] in stabkit.__all__, name
        found = stabkit
        for part in path:
            found = getattr(found, part)


@pytest.mark.parametrize("theorem", RECORDS, ids=LABELS)
def test_records_are_complete(theorem):
    assert theorem.title
    assert theorem.statement
    assert theorem.lesson
    assert theorem.chapter
    assert theorem.formula is not None
    names = [step.name for step in theorem.steps]
    assert len(set(names)) == len(names)
    assert {witness.drops for witness in theorem.sharpness} <= set(theorem.claim.hypotheses)
    assert all(reference.complete for reference in theorem.references)
    assert bool(theorem.conjecture) or theorem.conjecture is None


@pytest.mark.parametrize("theorem", RECORDS, ids=LABELS)
def test_prose_is_plain_text_and_mathematics(theorem, pieces):
    for text in prose(theorem, pieces):
        assert text.count("$") % 2 == 0, text
        outside = _PROSE_MATH.sub("", text)
        assert not re.search(r"[\\{}^_#&~`]|\*\*|--", outside), text


@pytest.mark.parametrize("letters", ["page", "article"])
def test_every_letter_is_introduced_before_it_is_used(checked, letters):
    known = tuple(letters_known(checked)) if letters == "article" else ()
    front = Paragraph("", introduces=(*letters_of_the_model(), *(symbol for symbol, _ in known)))
    missing = {
        one.theorem.label: undefined_symbols(
            Document("", "", (Section("Letters", (front,)), *exposition(one, known)), ())
        )
        for one in checked
    }
    assert {label: found for label, found in missing.items() if found} == {}


def test_pages_are_what_the_records_say(checked):
    pages = {path.name: path.read_text(encoding="utf-8") for path in PAGES.glob("*.md")}
    assert pages == theory_pages(checked), "run scripts/make_theory.py"


def test_the_article_is_what_the_records_say(checked):
    text = PAGES.with_suffix(".tex").read_text(encoding="utf-8")
    assert text == theory_tex(checked), "run scripts/make_theory.py"


def test_every_result_of_the_reference_has_its_record():
    text = (PAGES.parent / "model.md").read_text(encoding="utf-8")
    named = set(re.findall(r"\bR\d+(?:[a-c]\b|′)?", text))
    assert {"R1", "R1b", "R6′", "R12"} <= named
    assert named - set(LABELS) == {"R18"}  # a rule from measurements, no theorem


def test_what_the_theory_must_speak_of():
    others = {
        "balance",
        "kernel",
        "closed-form",
        "state-space",
        "token-balance",
        "worst-cycle",
        "greedy",
        "damped",
        "headroom",
        "rate-limited",
        "reservation",
        "renewal-graph",
        "variance-law",
        "necklaces",
        "class-mix",
    }
    assert not others - set(LABELS)


def test_the_changelog_counts_the_records(checked):
    counts = Counter(one.status for one in checked)
    listed = ", ".join(f"{counts[status]} {status}" for status in STATUSES if counts[status])
    text = " ".join(PAGES.parents[1].joinpath("CHANGELOG.md").read_text(encoding="utf-8").split())
    assert f"{len(checked)} records: {listed}." in text
