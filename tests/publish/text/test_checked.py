"""What is printed of theorems: table, JSON, LaTeX, pages."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest
from sympy import Eq, symbols
from theory.pages import theory_pages

import stabkit
from stabkit.errors import InvalidArgument
from stabkit.publish.document.latex_words import escaped, prose
from stabkit.publish.text.checked import theorems_record, theorems_text
from stabkit.publish.text.formulas import plain
from stabkit.publish.theory.article import theory_tex
from stabkit.publish.theory.evidence import evidence_tex
from stabkit.theorems.claims import Claim, Quantity
from stabkit.theorems.evidence import Identity
from stabkit.theorems.records import Step, Theorem
from stabkit.theorems.runner import prove

pytestmark = pytest.mark.slow

x = symbols("x")


def hostile(right):
    nasty = r"50 % & \input{/etc/passwd} # ~ ^ < _ {x}"
    step = Step("a-step", nasty, Identity(x + x, right))
    named = Quantity(x, nasty, lambda drawn: drawn)
    sure = Quantity(symbols("sure"), nasty, lambda drawn: True)
    stated = (Eq(x + x, 2 * x, evaluate=False),)
    claim = Claim(lambda rng: range(30), (named, sure), (symbols("sure"),), stated)
    return Theorem("T1", nasty, claim, (step,), nasty, chapter="One")


def found(right=2 * x):
    return prove([hostile(right)])


def test_record_is_what_the_interface_says():
    record = theorems_record(found())
    assert json.loads(json.dumps(record, allow_nan=False)) == record
    one = record["theorems"][0]
    assert {"label", "title", "status", "uses", "proof"} <= set(one)
    assert one["proof"] == [{"name": "a-step", "evidence": "identity", "status": "proved"}]


def test_a_failure_is_seen():
    assert "failed" in theorems_text(found(3 * x))
    assert "0 of 1" in theorems_text(found(3 * x), full=True)
    assert "1 failed" in theorems_text(found(3 * x))
    assert theorems_record(found(3 * x))["theorems"][0]["status"] == "failed"
    assert r"\status{stabkitred}{failed}" in theory_tex(found(3 * x))


def test_details_name_every_step():
    text = theorems_text(found(), detailed=True, full=True)
    assert "proof: a-step (identity): proved" in text


def test_words_are_escaped_and_mathematics_is_not():
    assert prose(r"a_b $x_k \{$ 5 %") == r"a\_b $x_k \{$ 5 \%"
    assert escaped("\\") == r"\textbackslash{}"
    text = theory_tex(found())
    assert r"\input" not in text
    assert r"\textbackslash{}input\{/etc/passwd\}" in text


def test_the_article_compiles(typeset, tmp_path):
    checked = [*prove(stabkit.theorems()[:2]), *found()]
    made = typeset(theory_tex(checked), tmp_path)
    made.assert_clean()
    assert stabkit.theorems()[0].title in made.text


@pytest.fixture(scope="module")
def pages():
    return theory_pages(prove(stabkit.theorems()[:6]))


def test_pages_link_to_their_headings(pages):
    links = re.findall(r"\(([^)#]+)#([^)]+)\)", pages["README.md"])
    assert len(links) == 6
    for name, anchor in links:
        headings = re.findall(r"^## (.+)$", pages[name], re.MULTILINE)
        slugs = {re.sub(r"[^\w\- ]", "", h.lower()).replace(" ", "-") for h in headings}
        assert anchor in slugs


def test_no_backslash_that_markdown_would_eat(pages):
    for text in pages.values():
        for part in text.split("```")[::2]:
            assert not re.search(r"\\[{},;!|]", part)


def test_a_conjecture_has_evidence_and_no_proof():
    (record,) = (one.theorem for one in found())
    for changed in ({"conjecture": "searched"}, {"refutation": "believed"}):
        claim = record.claim
        if "refutation" in changed:
            claim = replace(claim, conclusions=(Eq(x, 7),))
        checked = prove([replace(record, claim=claim, **changed)])
        page = theory_pages(checked)["01-one.md"]
        assert "### Evidence" in page
        assert "### Proof" not in page
        assert r"\begin{proof}" not in theory_tex(checked)


def test_a_counterexample_is_shown():
    (record,) = (one.theorem for one in found())
    checked = prove([replace(record, claim=replace(record.claim, conclusions=(Eq(x, 0),)))])
    assert "fails for 1" in theorems_text(checked)
    assert "A counterexample: 1." in theory_pages(checked)["01-one.md"]
    assert theorems_record(checked)["theorems"][0]["failing"] == "1"


def test_what_records_say_can_be_told_in_a_terminal():
    for theorem in stabkit.theorems():
        letters = (f"${symbol}$: {meaning}" for symbol, meaning in theorem.notation)
        told = plain(" ".join([theorem.statement, *theorem.hypotheses, *letters]))
        assert "\\" not in told, theorem.label


def test_unknown_evidence_is_never_printed():
    with pytest.raises(InvalidArgument, match="'evidence' must be of a known kind"):
        evidence_tex(object())
