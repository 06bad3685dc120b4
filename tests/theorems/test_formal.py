"""Formal proofs: what a record says and what its file states cannot drift apart unnoticed.

That the files compile, on no axiom, is shown by ``make -C proofs/coq check``.
"""

from __future__ import annotations

import re
from dataclasses import replace

import formal_digests
import pytest
from formal_digests import FOLDER, digest, statement
from make_checked import FILE, checked, mixes, row

import stabkit

RECORDS = [theorem for theorem in stabkit.theorems() if theorem.formal is not None]
LABELS = [theorem.label for theorem in RECORDS]


@pytest.mark.parametrize("theorem", RECORDS, ids=LABELS)
def test_record_and_file_say_what_they_said_when_they_were_compared(theorem):
    assert digest(theorem) == theorem.formal.digest, "read both, then scripts/formal_digests.py"


def test_what_every_theorem_rests_on_is_printed():
    printed = (FOLDER / "Assumptions.v").read_text(encoding="utf-8")
    stated = {name for one in RECORDS for name in one.formal.names}
    for path in FOLDER.glob("*.v"):
        text = path.read_text(encoding="utf-8")
        stated |= set(re.findall(r"^(?:Theorem|Corollary) (\w+)", text, re.MULTILINE))
    assert stated <= set(re.findall(r"^  @(\w+),?$", printed, re.MULTILINE))
    assert printed.endswith(".\n\nPrint Assumptions theorems.\n")


def test_what_must_be_formal():
    assert {"R1", "R2", "R5", "even-gcd", "R19", "stable-inputs"} <= set(LABELS)


EVICTIONS = next(one for one in RECORDS if one.label == "R19")


@pytest.fixture
def copied(tmp_path, monkeypatch):
    """A copy of the folder, and a function that changes a file of it."""
    monkeypatch.setattr(formal_digests, "FOLDER", tmp_path)
    for path in FOLDER.glob("*.v"):
        (tmp_path / path.name).write_text(path.read_text(encoding="utf-8"), encoding="utf-8")

    def change(file, old, new):
        text = (tmp_path / file).read_text(encoding="utf-8")
        assert old in text
        (tmp_path / file).write_text(text.replace(old, new), encoding="utf-8")
        return digest(EVICTIONS)

    return change


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("Evictions.v", "class_evicted M B x <= growth M", "class_evicted M B x < growth M"),
        ("Evictions.v", "g m.+1 <= g m.\n", "g m.+1 < g m.\n"),  # of never_rises
        ("Fluid.v", "if B < held z then", "if B <= held z then"),
        ("Server.v", "if B < tokens z then", "if B <= tokens z then"),
        ("Mix.v", "input c + m%:R + 1", "input c + m%:R"),
        ("Zeros.v", "fun z => `|z| > 1", "fun z => `|z| >= 1"),
    ],
)
def test_a_changed_statement_or_definition_is_noticed(copied, file, old, new):
    assert copied(file, old, new) != EVICTIONS.formal.digest


def reachable(stem):
    """Return the files that a file requires, and those that these require, by their names."""
    found = set()
    for line in (FOLDER / f"{stem}.v").read_text(encoding="utf-8").splitlines():
        if "Require" in line:
            found |= {word for word in re.findall(r"\w+", line) if (FOLDER / f"{word}.v").exists()}
    return found.union(*map(reachable, found))


def test_every_file_that_it_requires_is_in_its_digest(copied):
    required = reachable("Evictions")
    assert required >= {"Zeros", "Mix", "Fluid", "Server", "AliveRoots", "EnestromKakeya"}
    seen = {EVICTIONS.formal.digest}
    for stem in required:
        seen.add(copied(f"{stem}.v", "Section ", "Definition more := 0. Section "))
    assert len(seen) == 1 + len(required)


@pytest.mark.parametrize("word", ["Inductive", "Canonical", "Coercion", "Fact", "Local Notation"])
def test_what_else_has_a_meaning_is_noticed(copied, word):
    assert copied("Mix.v", "Section Modes.", f"{word} more := 0. Section Modes.") != (
        EVICTIONS.formal.digest
    )


def test_a_changed_record_is_noticed():
    theorem = next(one for one in RECORDS if one.label == "R5")
    claim = replace(theorem.claim, conclusions=theorem.claim.conclusions[:-1])
    assert digest(replace(theorem, claim=claim)) != theorem.formal.digest


def test_a_changed_proof_or_comment_is_not(copied):
    assert copied("Fluid.v", "Proof. exact: big_ltn. Qed.", "Proof. by apply: big_ltn. Qed.") == (
        copied("Fluid.v", "(** Execute:", "(* Run (all): *) (** Execute:")
    )
    assert digest(EVICTIONS) == EVICTIONS.formal.digest


def test_a_theorem_that_is_not_there_is_refused():
    with pytest.raises(ValueError, match="must state no_start_evicts, nothing, not"):
        list(statement("Evictions.v", ("no_start_evicts", "nothing")))


def test_the_mixes_of_the_checker_have_the_verdict_of_another_engine():
    """The certificates are chains of Schur and Cohn; these counts are by winding and isolation."""
    stable, others = FILE.read_text(encoding="utf-8").split("Definition other_mixes")
    drawn = list(mixes())
    assert len(drawn) == len(re.findall(r"^  \[::", stable + others, re.MULTILINE)) >= 106
    assert len({frozenset(mix.classes) for mix in drawn}) == len(drawn)
    for mix in drawn:
        verdict = stabkit.unit_circle_counts(mix).verdict
        assert row(mix) in (stable if verdict == "stable" else others)


@pytest.mark.slow
def test_the_checked_mixes_are_those_of_the_certificates():
    assert FILE.read_text(encoding="utf-8") == checked(), "run scripts/make_checked.py"
