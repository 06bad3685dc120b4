"""Mixes next to the border: one mode closer and closer to the unit circle, from either side.

Lengths 7 and 10, input 100, share p of length 7. At a *critical* share modes cross the circle, and
the unstable count changes. `sides` brackets it by bisection between two shares that differ by 2^-k:
one on either side, both exact rationals, the distance of the mode from the circle of the order of
2^-k. A method that gives the same answer for both is wrong for one of them. The counts to compare
with are those of exact Schur-Cohn. It is also what stabkit uses for mixes as short as these, so
that its winding number is put to the test separately.

`MARGINAL` is x^3 + 2 x^2 + 3 x + 2 = (x + 1)(x^2 + x + 2): one mode on the circle, two outside.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import cache

from benchmarks.answers import check_count
from benchmarks.mixes import Mix
from benchmarks.peers import FLINT_COUNT, NUMPY_COUNT, WINDING
from benchmarks.programs import mpsolve_count
from benchmarks.solvers import Solver
from stabkit import Workload, unit_circle_counts

__all__ = ["CROSSINGS", "LADDER", "MARGINAL", "ON_THE_LADDER", "sides", "verdict"]

CROSSINGS = {
    "a pair of conjugates": (Fraction(1, 8), Fraction(5, 32)),  # 4 unstable modes, then 2
    "a real mode at -1": (Fraction(1, 32), Fraction(3, 64)),  # 9 unstable modes, then 8
}
LADDER = range(10, 101, 10)
MARGINAL = Mix("marginal", Workload.from_classes([(0, 3), (0, 4)]), 2)
ON_THE_LADDER = (
    Solver("stabkit", lambda mix: unit_circle_counts(mix.workload).outside, 10**6),
    WINDING,
    FLINT_COUNT,
    NUMPY_COUNT,
    mpsolve_count("u", 9, 9),
    mpsolve_count("s", 9, 9),
)


@cache
def sides(crossing: str, k: int) -> tuple[Mix, Mix]:
    """Return the mixes whose shares enclose the critical one within 2^-k, by exact counts."""
    low, high = CROSSINGS[crossing]
    before = _mix(low).unstable_modes
    while high - low > Fraction(1, 2**k):
        middle = (low + high) / 2
        if _mix(middle).unstable_modes == before:
            low = middle
        else:
            high = middle
    return _mix(low), _mix(high)


def verdict(solver: Solver, mixes: Sequence[Mix]) -> str:
    """Return the worst of the solver's verdicts on the mixes."""
    verdicts = []
    for mix in mixes:
        solver.prepare(mix)
        verdicts.append(check_count(mix, solver.read(solver.solve(mix))))
    return max(verdicts, key=lambda v: (v.startswith("wrong"), v == "undecided"))


def _mix(share: Fraction) -> Mix:
    workload = Workload.from_classes([(100, 7, share), (100, 10, 1 - share)])
    counts = unit_circle_counts(workload, method="schur-cohn")
    if counts.outside is None:
        raise ArithmeticError("exact Schur-Cohn always counts")
    return Mix("critical", workload, counts.outside)
