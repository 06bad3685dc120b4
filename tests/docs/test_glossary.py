"""docs/glossary.md: alphabetical, every name exists, every label is a theorem's."""

from __future__ import annotations

import re
from pathlib import Path

import stabkit

TOP = Path(__file__).parents[2]
PAGE = (TOP / "docs" / "glossary.md").read_text(encoding="utf-8")
ENTRIES = re.findall(r"^## (.+?)\n\n(.*?)(?=\n\n|\Z)", PAGE, re.MULTILINE | re.DOTALL)


def test_it_is_alphabetical() -> None:
    terms = [term.lower() for term, _ in ENTRIES]
    assert len(terms) > 50
    assert terms == sorted(set(terms))


def test_every_name_is_public() -> None:
    names = {name for _, text in ENTRIES for name in re.findall(r"`([^`]+)`", text)}
    assert len(names) >= 30
    assert names <= set(stabkit.__all__)


def test_every_label_is_a_record() -> None:
    labels = {label for _, text in ENTRIES for label in re.findall(r"\[([^\]]+)\]", text)}
    assert len(labels) > 15
    assert labels <= {theorem.label for theorem in stabkit.theorems()}


def test_every_entry_is_short() -> None:
    for term, text in ENTRIES:
        assert 3 <= len(text.split()) <= 50, term


SYMBOL = re.compile(r"(?<![\w.'-])(?![aAI]\b(?!\*))[^\W\d_](?:_\w)?[*°]?(?![\w'-])")
NO_SYMBOLS = set("ceEiPπ")  # of a copyright, a name and a letter code, and numbers of everybody's
OTHER_TEXTS = ("help", "derive", "exercise", "schema", "prove")  # which say what their letters mean


def test_every_symbol_that_the_program_prints_is_explained() -> None:
    golden = (TOP / "tests" / "cli" / "golden").glob("*.txt")
    printed = {
        symbol
        for file in golden
        if not any(word in file.name for word in OTHER_TEXTS)
        for symbol in SYMBOL.findall(file.read_text(encoding="utf-8"))
    }
    assert {"a*", "G", "L", "s°", "δ*", "κ", "φ_T"} <= printed
    assert printed - NO_SYMBOLS <= set(SYMBOL.findall(PAGE.replace("\\*", "*")))
