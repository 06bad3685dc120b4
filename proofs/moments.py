"""Steps of exact runs, and the linear map that the eviction-free step is: what claims speak about.

The runs begin from empty, from a full memory of product form or not, near the equilibrium or on it.
The map is read off the exact simulator: what a small change of the state does to the next one.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import Any

from flint import fmpq, fmpq_mat
from sympy import symbols

from stabkit import Workload, simulate
from stabkit.theorems.claims import Quantity

from .notation import m, n, p, s
from .objects import Run, full_start, mixes, scattered_start
from .quantities import kernel_sum, mix_of

__all__ = [
    "HELD",
    "MEAN_INPUT",
    "PRODUCT_FORM",
    "STEP",
    "Moment",
    "Rows",
    "admitted",
    "count",
    "determinant",
    "dies_out",
    "empty_start",
    "evicted_tokens",
    "filled",
    "held",
    "held_by",
    "moments",
    "near_start",
    "product_form",
    "stage_map",
    "stages_of",
]

Rows = tuple[tuple[Fraction, ...], ...]
count, admitted, held = symbols("x a_m M")
product_form = symbols("product_form")


@dataclass(frozen=True)
class Moment:
    """A step of a run: from ``states[step - 1]`` to ``states[step]``."""

    run: Run
    step: int

    @property
    def longest(self) -> int:
        """The longest decode length."""
        return max(len(row) for row in self.run.start)

    @property
    def mix(self) -> Workload:
        """The mix of the run."""
        return self.run.mix

    def state(self, back: int = 0) -> list[list[Any]]:
        """The state after the step, or some steps back."""
        states = self.run.trajectory.states
        assert states is not None
        found: list[list[Any]] = states[self.step - back]
        return found

    def admitted(self, back: int = 0) -> Fraction:
        """The requests admitted in the step, or some steps back; 0 before the start."""
        if back > self.step:
            return Fraction(0)
        return Fraction(self.run.trajectory.admitted[self.step - back])


def moments(rng: random.Random, policies: Iterable[Any] = ("greedy",)) -> Iterator[Moment]:
    """Yield steps of runs of mixes of all kinds, under these policies in turn: early and late."""
    rules = list(policies)
    starts = (empty_start, full_start, scattered_start, near_start, _equilibrium, _near_each)
    for k, mix in enumerate(mixes(rng)):
        longest = max(c.decode_length for c in mix.classes)
        run = Run(mix, starts[k % 6](mix, rng), 2 * longest + 2, rules[k // 2 % len(rules)])
        for step in sorted({1, max(longest - 1, 1), longest, 2 * longest + 1}):
            yield Moment(run, step)


def empty_start(mix: Workload, rng: random.Random) -> Rows:
    """Return the empty memory."""
    return tuple(tuple(Fraction(0) for _ in range(c.decode_length)) for c in mix.classes)


def near_start(mix: Workload, rng: random.Random) -> Rows:
    """Return a full memory of product form within some percent of the equilibrium."""
    longest = max(c.decode_length for c in mix.classes)
    ages = [1 + Fraction(rng.randint(-3, 3), 100) for _ in range(longest)]
    return filled(mix, [[c.share * ages[j] for j in range(c.decode_length)] for c in mix.classes])


def _near_each(mix: Workload, rng: random.Random) -> Rows:
    """Return one that is not of product form."""
    near = [
        [c.share * (1 + Fraction(rng.randint(-3, 3), 100)) for _ in range(c.decode_length)]
        for c in mix.classes
    ]
    return filled(mix, near)


def _equilibrium(mix: Workload, rng: random.Random) -> Rows:
    return filled(mix, [[c.share] * c.decode_length for c in mix.classes])


def filled(mix: Workload, rows: list[list[Fraction]]) -> Rows:
    """Return a state in proportion, of full memory."""
    assert mix.capacity is not None
    scale = Fraction(mix.capacity) / held_by(mix, rows)
    return tuple(tuple(x * scale for x in row) for row in rows)


def held_by(mix: Workload, rows: Any) -> Fraction:
    """Return the tokens that a state holds while it executes, by definition."""
    return sum(
        (
            (c.input_length + j + 1) * x
            for c, row in zip(mix.classes, rows, strict=True)
            for j, x in enumerate(row)
        ),
        Fraction(0),
    )


def stages_of(moment: Moment) -> Iterator[dict[Any, Any]]:
    """Yield the stages m of the classes after the step: s, p, m, their requests, and a_(n-m)."""
    for c, row in zip(moment.mix.classes, moment.state(), strict=True):
        for m_, x in enumerate(row):
            yield {s: c.input_length, p: c.share, m: m_, count: x, admitted: moment.admitted(m_)}


def evicted_tokens(moment: Moment) -> Fraction:
    """Return what the admitted and evicted would hold now, from the losses that states show."""
    found = Fraction(0)
    for k, c in enumerate(moment.mix.classes):
        for m_ in range(1, min(c.decode_length, moment.step + 1)):
            for age in range(1, m_ + 1):
                earlier, later = moment.state(m_ - age + 1), moment.state(m_ - age)
                found += (c.input_length + m_ + 1) * (earlier[k][age - 1] - later[k][age])
    return found


def _is_product(drawn: Any) -> bool:
    """Tell whether x_k = p_k y stage by stage at the start."""
    rows = zip(drawn.mix.classes, drawn.run.start, strict=True)
    per_share = [[x / c.share for x in row] for c, row in rows]
    return all(
        len({row[j] for row in per_share if j < len(row)}) == 1
        for j in range(max(map(len, per_share)))
    )


MEAN_INPUT = Quantity(
    s,
    "the mean input length, in tokens",
    lambda drawn: sum((c.share * c.input_length for c in mix_of(drawn).classes), Fraction(0)),
)
PRODUCT_FORM = Quantity(
    product_form, r"the start is of product form, $x_k^{(j)} = p_k y_j$ for some $y_j$", _is_product
)
STEP = Quantity(n, "the steps made since the start", lambda moment: moment.step)
HELD = Quantity(
    held,
    r"the tokens in memory after the step",
    lambda moment: moment.run.trajectory.memory[moment.step],
    summand=(s + m + 1) * count,
    parts=stages_of,
)


@cache
def stage_map(mix: Workload) -> tuple[tuple[Fraction, ...], ...]:
    """Return the matrix on all stage counts that the eviction-free step is, near the equilibrium.

    A change of one count is made up for in the last stage of a longest class, so that the memory
    stays full; the requests there complete, and leave no trace in the next state.
    """
    assert mix.capacity is not None
    rate = Fraction(mix.capacity) / kernel_sum(mix)
    rest = [[c.share * rate] * c.decode_length for c in mix.classes]
    last = max(range(len(rest)), key=lambda k: len(rest[k]))
    base = _next(mix, rest)
    columns = []
    for k, c in enumerate(mix.classes):
        for j in range(c.decode_length):
            tokens = c.input_length + j + 1
            made_up = Fraction(tokens) / (mix.classes[last].input_length + len(rest[last]))
            change = min(rest[k][j], rest[last][-1] / made_up, rate / (tokens + 1)) / 2
            state = [list(row) for row in rest]
            state[k][j] += change
            state[last][-1] -= change * made_up
            moved = _next(mix, state)
            columns.append([(x - y) / change for x, y in zip(moved, base, strict=True)])
    return tuple(zip(*columns, strict=True))


def _next(mix: Workload, state: list[list[Fraction]]) -> list[Fraction]:
    run = simulate(mix, 1, arithmetic="exact", state=state)
    assert run.evicted[0] == run.admitted[0] == run.evicted[1] == 0
    return [x for row in run.final_state for x in row]


def determinant(rows: Any, at: Fraction) -> Fraction:
    """Return det(at - M), by exact elimination."""
    size = len(rows)
    entries = [[(at if i == j else 0) - rows[i][j] for j in range(size)] for i in range(size)]
    found = _matrix(entries).det()
    return Fraction(int(found.p), int(found.q))


@cache
def dies_out(mix: Workload) -> bool:
    """Tell whether the powers of the map tend to 0, by Lyapunov's equation P - M' P M = 1.

    They do if and only if it has a solution that is positive definite.
    """
    rows = stage_map(mix)
    size = len(rows)
    pairs = [(i, j) for i in range(size) for j in range(i, size)]
    place = {pair: k for k, pair in enumerate(pairs)}
    equations = [[Fraction(0)] * len(pairs) for _ in pairs]
    for (i, j), equation in zip(pairs, equations, strict=True):
        equation[place[i, j]] += 1
        for a in (a for a in range(size) if rows[a][i]):
            for b in (b for b in range(size) if rows[b][j]):
                equation[place[min(a, b), max(a, b)]] -= rows[a][i] * rows[b][j]
    ones = fmpq_mat(len(pairs), 1, [int(i == j) for i, j in pairs])
    try:
        solved = _matrix(equations).solve(ones)
    except ZeroDivisionError:
        return False  # two eigenvalues have the product 1
    found = [[solved[place[min(i, j), max(i, j)], 0] for j in range(size)] for i in range(size)]
    minors = (fmpq_mat([row[:d] for row in found[:d]]).det() for d in range(1, size + 1))
    return all(minor > 0 for minor in minors)


def _matrix(rows: list[list[Fraction]]) -> fmpq_mat:
    return fmpq_mat(
        [[fmpq(x.numerator, x.denominator) for x in map(Fraction, row)] for row in rows]
    )
