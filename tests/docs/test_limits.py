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


def assigned(tree: ast.Module) -> Iterator[tuple[str, int | None]]:
    """The constants of a module, with those of their values that are whole numbers."""
    for node in tree.body:
        if isinstance(node, ast.Assign):
            (target,) = node.targets
            names = getattr(target, "elts", [target])
            for name, expression in zip(
                names, getattr(node.value, "elts", [node.value]), strict=False
            ):
                if isinstance(name, ast.Name):
                    yield name.id, value_of(expression)


def constants() -> set[tuple[str, str, int | None]]:
    """Module, name and value of every constant of the program."""
    return {
        (path.relative_to(TOP / "stabkit").with_suffix("").as_posix(), name, value)
        for path in (TOP / "stabkit").rglob("*.py")
        for name, value in assigned(ast.parse(path.read_text(encoding="utf-8")))
    }


def room_of(module: str) -> str:
    return ".".join(module.split("/")[:-1])


# What no user meets as a bound, by the reason why.
INSIDE = {
    "what is shown, or fits on a page, a line or into a message": """
        analysis/pictures/analysis _LARGEST _MOST_STEPS
        analysis/pictures/animation _MOST_BARS
        analysis/pictures/cycle _MOST_BANDS _MOST_STEPS
        analysis/pictures/run _MOST_STEPS _MOST_WORK
        analysis/pictures/space_time _MOST_COLUMNS _MOST_ROWS
        analysis/verdict/lengths _LARGEST
        cli/commands/analyze _LONGEST_QUICK
        cli/terminal _LONGEST_LINE
        explorer/operations _MOST_COLUMNS
        model/files _MOST_NAMES
        publish/derivation/count_sections _LONGEST_CHAIN
        publish/derivation/numerals LONGEST_NUMBER
        publish/derivation/statements _LARGEST
        publish/document/latex_words _LONGEST_WORD
        publish/document/line_breaking _LONGEST_NUMBER
        publish/figures/chart _MOST_TICKS _MOST_FIVES _LONGEST_TICK
        publish/figures/circle_views MOST_IN_PLANE _MOST_DECADES
        publish/figures/cycles _MOST
        publish/figures/finite _MOST_PERCENT
        publish/figures/frame _MOST_LETTERS _MOST_LINES
        publish/figures/graph _LONGEST_WHEEL _MOST_RETURNS _MOST_LEVEL
        publish/figures/nyquist _MOST_RINGS _MOST_MARKS
        publish/figures/pooling _MOST_BLOCKS _MOST_CLASSES
        publish/figures/run _MOST_STEPPED
        publish/text/analysis _LARGEST_SHOWN
        publish/text/comparison _LONGEST_LABEL
        publish/text/cycles _LONGEST_WORD _MOST_SHARES
        publish/text/nyquist _MOST_CROSSINGS
        publish/text/parts _MOST_ROWS
        records _LONGEST_VALUE _LARGEST_DENOMINATOR _LONGEST
        theorems/runner _MOST_NEAR
    """,
    "a domain that its message states": """
        analysis/operations/sizing _LONGEST_STEP
        model/codec _LARGEST
        model/workload _LARGEST_COUNT
        publish/figures/frame _LARGEST
        publish/text/numbers _MOST_DIGITS
        spectrum/fluctuations/evictions _LARGEST_INTENSITY_VARIANCE
        spectrum/fluctuations/lundberg _MOST_DIGITS
    """,
    "longer text is none of what is looked for": """
        explorer/server _LONGEST_QUESTION _LONGEST_NAME
        model/start_up_log _LONGEST_HEAD
        model/traces/tally _LONGEST_FIELD
        model/traces/window _LONGEST
    """,
    "numbers that suit an exercise": """
        exercises/gcd _LONGEST
        exercises/roots _LARGEST
        exercises/starts _LONGEST_RUN
    """,
    "beyond it another method answers": """
        analysis/verdict/verdict_certificate _LONGEST_NUMBER
        dynamics/orbits _MOST_EXACT_STAGES
        model/traces/plain _MOST_DIGITS
        spectrum/batched/counts _LONGEST_RECURSION
        spectrum/fluctuations/variance _MOST_EXACT
        spectrum/partition/d_partition _MOST_COUNTED
        spectrum/partition/exact_crossings LONGEST_ALGEBRAIC
        spectrum/roots/roots LONGEST_ISOLATED
        spectrum/roots/spectral_radius _LONGEST_BISECTED
        spectrum/starts/partial_sums _MOST_EXACT
        spectrum/synchrony/least_real_part _MOST_DIRECT_TERMS
        sweeps/grid _LARGEST _LARGEST_INT64
    """,
    "the size of a piece, a sample or a range": """
        analysis/operations/finite_runs _MOST
        analysis/operations/recommend _LARGEST_WATERMARK
        analysis/operations/replay _MOST_POINTS
        analysis/verdict/verdict_certificate _MOST_CROSSINGS
        dynamics/growth _LARGEST_SIZE _LARGEST_UNCERTAINTY
        dynamics/policies/headroom _LARGEST_WATERMARK
        dynamics/requests/batches _MOST_SUMS
        model/traces/tables _MOST_WAITING
        spectrum/fluctuations/fluctuations _MOST_TERMS
        spectrum/fluctuations/tail _LARGEST_RATE
        spectrum/fluctuations/trapezoid _LARGEST_EXPONENT
        spectrum/partition/threshold _LARGEST_ESTIMATE
        sweeps/chunks _MOST_ROWS
    """,
    "what a search may spend, whose end is undecided or said": """
        analysis/cycles/observed _MOST_ATTEMPTS
        analysis/starts/certify _MOST_ATTEMPTS
        analysis/verdict/verdict_certificate _MOST_BITS _MOST_TERMS
        dynamics/policies/linearisation _LONGEST
        spectrum/chart/boundaries _MOST_POINTS
        spectrum/chart/rows _MOST_TIMES
        spectrum/circle/budget _MOST_WORK
        spectrum/circle/winding _MOST_AT_ONCE _MOST_LEFT _MOST_ADDED
        spectrum/counting/evidence _MOST_ARCS
        spectrum/criterion/domain _MOST_VERTEX_CANDIDATES
        spectrum/criterion/work _LARGEST_BINOMIAL
        spectrum/fluctuations/ball_mean _MOST_SAMPLES _MOST_POINTS
        spectrum/fluctuations/tail _MOST_PRODUCTS
        spectrum/fluctuations/trapezoid _MOST_POINTS
        spectrum/margins/disturbance _MOST_WORK
        spectrum/margins/shares/polytope _MOST_CHOICES
        spectrum/margins/shares/search _MOST_WORK
        spectrum/partition/ball_crossings _MOST_BITS
        spectrum/partition/d_partition _MOST_BITS _LONGEST_FALLBACK
        spectrum/roots/dominant _LONGEST_FALLBACK
        spectrum/roots/inclusion _MOST_STEPS _MOST_PRODUCTS
        spectrum/roots/rings _MOST_SEEDS _MOST_CANDIDATES
        spectrum/roots/smallest _MOST_EFFORT _MOST_SAMPLES _MOST_PAIRS _MOST_REFINED
        spectrum/synchrony/condition _MOST_ARCS
        spectrum/synchrony/continuation _MOST_STEPS _MOST_SPENT
        spectrum/synchrony/least_real_part _MOST_SUBARCS
    """,
}
SAID = {(room, name, number(value)) for value, room, name in ROW.findall(PAGE)}


def test_every_bound_is_in_the_code_with_this_value() -> None:
    assert len(SAID) > 60
    assert not SAID - {(room_of(module), name, value) for module, name, value in constants()}


def test_every_other_bound_is_inside() -> None:
    """What a module calls longest, largest or most is in the table or in `INSIDE`, once."""
    bounds = {
        (module, name)
        for module, name, value in constants()
        if re.match("_?(LONGEST|LARGEST|MOST)(_|$)", name)
        and (room_of(module), name, value) not in SAID
    }
    inside = [line.split() for lines in INSIDE.values() for line in lines.strip().splitlines()]
    listed = [(module, name) for module, *names in inside for name in names]
    assert sorted(listed) == sorted(bounds)
