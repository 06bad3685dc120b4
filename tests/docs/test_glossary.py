"""docs/glossary.md: alphabetical, every name exists, every label is a theorem's."""

from __future__ import annotations

import re
from pathlib import Path

import stabkit

PAGE = (Path(__file__).parents[2] / "docs" / "glossary.md").read_text(encoding="utf-8")
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
