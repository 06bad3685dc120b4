"""docs/python.md: all of it runs, and its table names what there is."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

import stabkit

PAGE = Path(__file__).parents[2] / "docs" / "python.md"


def test_python_runs() -> None:
    found = doctest.testfile(str(PAGE), module_relative=False)
    assert (found.attempted, found.failed) == (16, 0)


def test_its_functions_are_public() -> None:
    named = re.findall(r"`stabkit\.(\w+)\(", PAGE.read_text("utf-8"))
    assert len(named) == 6
    assert set(named) <= set(stabkit.__all__)
