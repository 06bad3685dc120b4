"""The tables of docs/limits.md name bounds that the code has, with the values that it has."""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Iterator
from pathlib import Path

TOP = Path(__file__).parents[2]
PAGE = (TOP / "docs" / "limits.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\|[^|]+\| ([^|]+) \|[^|]+\| `([\w.]+)`: `(\w+)` \|$", re.MULTILINE)
_OPERATIONS = {ast.Mult: operator.mul, ast.Pow: operator.pow}


def number(text: str) -> int:
    """The number that a cell begins with: 20,000, 10^9, or 2^30 bytes (1 GiB)."""
    (digits, power) = re.match(r"([\d,]*\d)(?:\^(\d+))?", text).groups()  # type: ignore[union-attr]
    return int(digits.replace(",", "")) ** int(power or 1)


def value_of(node: ast.expr | None) -> int | None:
    if isinstance(node, ast.Constant) and isinstance(node.value, int):
        return node.value
    if isinstance(node, ast.BinOp) and type(node.op) in _OPERATIONS:
        left, right = value_of(node.left), value_of(node.right)
        if left is not None and right is not None:
            return int(_OPERATIONS[type(node.op)](left, right))
    return None


def assigned(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """The constants of a module that are whole numbers."""
    for node in tree.body:
        if isinstance(node, ast.Assign):
            (target,) = node.targets
            names = getattr(target, "elts", [target])
            for name, expression in zip(
                names, getattr(node.value, "elts", [node.value]), strict=False
            ):
                value = value_of(expression)
                if isinstance(name, ast.Name) and value is not None:
                    yield name.id, value


def constants() -> set[tuple[str, str, int]]:
    """Room, name and value of every constant of the program."""
    return {
        (".".join(path.relative_to(TOP / "stabkit").parent.parts), name, value)
        for path in (TOP / "stabkit").rglob("*.py")
        for name, value in assigned(ast.parse(path.read_text(encoding="utf-8")))
    }


SAID = {(room, name, number(value)) for value, room, name in ROW.findall(PAGE)}


def test_every_bound_is_in_the_code_with_this_value() -> None:
    assert len(SAID) > 60
    assert not SAID - constants()


def test_every_public_bound_is_in_the_table() -> None:
    """A name with an underscore may be a budget that no user meets; one without is a bound."""
    bounds = {one for one in constants() if re.match("(LONGEST|LARGEST|MOST)(_|$)", one[1])}
    inside = {"LONGEST_ISOLATED", "LONGEST_ALGEBRAIC", "LONGEST_NUMBER", "MOST_IN_PLANE"}
    assert {name for _, name, _ in bounds - SAID} == inside
