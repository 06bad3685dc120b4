"""What the documentation, the generators and the benchmarks import: the public names, no others."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import stabkit

TOP = Path(__file__).parents[2]
PLACES = ("docs", "scripts", "benchmarks")


def imported(place: str) -> Iterator[tuple[str, str]]:
    """Every name that a file of `place` imports from stabkit, with its module."""
    for path in (TOP / place).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module:
                found = [(node.module, alias.name) for alias in node.names]
            elif isinstance(node, ast.Import):
                found = [(alias.name, "") for alias in node.names]
            else:
                continue
            yield from (pair for pair in found if pair[0].split(".")[0] == "stabkit")


@pytest.mark.parametrize("place", PLACES)
def test_only_public_names_are_imported(place: str) -> None:
    """Of `stabkit` itself; what only a generator needs is written beside it, in scripts/."""
    found = set(imported(place))
    assert found
    assert {pair for pair in found if pair[0] != "stabkit"} == set()
    assert {name for _, name in found} <= {"", *stabkit.__all__}
