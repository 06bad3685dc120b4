"""Where peers are known to be wrong, and stabkit is not.

From k = 60 on, both sides of a crossing round to the same doubles, up to a common power of two, so
that no method in double precision can tell them apart. At k = 50 they do not, and it is the error
of the method that hides the difference.
"""

from __future__ import annotations

import pytest

from benchmarks.critical import CROSSINGS, LADDER, MARGINAL, ON_THE_LADDER, sides, verdict
from benchmarks.peers import FLINT_COUNT, NUMPY_COUNT, WINDING
from benchmarks.programs import mpsolve_count
from benchmarks.solvers import Solver

_PAIR, _REAL = CROSSINGS


@pytest.mark.parametrize("crossing", CROSSINGS)
@pytest.mark.parametrize("k", LADDER)
def test_stabkit_and_flint_are_right_on_the_ladder(crossing: str, k: int) -> None:
    mixes = sides(crossing, k)
    assert verdict(ON_THE_LADDER[0], mixes) == "right"
    assert verdict(FLINT_COUNT, mixes) == "right"


@pytest.mark.parametrize("crossing", CROSSINGS)
@pytest.mark.parametrize("k", LADDER)
def test_winding_number_is_never_wrong(crossing: str, k: int) -> None:
    assert verdict(WINDING, sides(crossing, k)) in ("right", "undecided")


@pytest.mark.parametrize(("crossing", "k"), [(_PAIR, 60), (_REAL, 50), (_REAL, 60)])
def test_numpy_is_wrong_next_to_the_circle(crossing: str, k: int) -> None:
    assert verdict(NUMPY_COUNT, sides(crossing, k)).startswith("wrong")


@pytest.mark.parametrize("algorithm", ["u", "s"])
@pytest.mark.parametrize("k", [50, 60])
def test_mpsolve_is_wrong_and_certain_next_to_the_circle(algorithm: str, k: int) -> None:
    solver = _installed(mpsolve_count(algorithm, 9, 9))
    assert verdict(solver, sides(_PAIR, k)).startswith("wrong")


def test_mpsolve_counts_a_root_on_the_circle_as_outside() -> None:
    assert verdict(_installed(mpsolve_count("s", 9, 9)), [MARGINAL]) == "wrong: 3 for 2"
    assert verdict(ON_THE_LADDER[0], [MARGINAL]) == "right"


def _installed(solver: Solver) -> Solver:
    if solver.missing:
        pytest.skip(solver.missing)
    return solver
