"""The kinds of work, the mixes that each is measured on, and who takes part."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from benchmarks.answers import (
    DIGITS,
    LEADING,
    check_all,
    check_count,
    check_leading,
    check_threshold,
)
from benchmarks.bisection import FLINT_BISECTION, NUMPY_BISECTION
from benchmarks.mixes import MIXES, Mix
from benchmarks.peers import FLINT_COUNT, FLINT_ROOTS, MPMATH_ROOTS, NUMPY_COUNT, SCHUR_COHN
from benchmarks.programs import GP_ROOTS, mpsolve_count, mpsolve_roots
from benchmarks.solvers import Solver
from stabkit import analyze, dominant_modes, roots, threshold, unit_circle_counts

__all__ = ["CROSS_CHECKED", "WORKS", "Work"]

CROSS_CHECKED = "stabkit, cross-checked by simulation"


@dataclass(frozen=True)
class Work:
    """A question put to stabkit and to its peers.

    Attributes
    ----------
    title : str
    stabkit : Solver
    peers : tuple of Solver
    mixes : tuple of Mix
    check : callable
        From a mix and an answer to a verdict, see `benchmarks.answers`.
    """

    title: str
    stabkit: Solver
    peers: tuple[Solver, ...]
    mixes: tuple[Mix, ...]
    check: Callable[[Mix, Any], str]

    @property
    def solvers(self) -> tuple[Solver, ...]:
        return (self.stabkit, *self.peers)


def _values(found: Any) -> list[Any]:
    return [root.value for root in found or () for _ in range(root.multiplicity)]


def _threshold_value(found: Any) -> float:
    return float(found.threshold)


def _outside(found: Any) -> int | None:
    count: int | None = found.counts.outside
    return count


def _mixes(names: str) -> tuple[Mix, ...]:
    return tuple(MIXES[name] for name in names.split())


_ROOT_FINDERS = (
    MPMATH_ROOTS,
    FLINT_ROOTS,
    mpsolve_roots("u", 9723, 479),
    mpsolve_roots("s", 1846, 479),
    mpsolve_roots("u", 1846, 479, cores=True),
    GP_ROOTS,
)

WORKS = {
    "counts": Work(
        "Certified counts of unstable modes",
        Solver("stabkit", lambda mix: unit_circle_counts(mix.workload).outside, 10**7, "", 10**5),
        (
            NUMPY_COUNT,
            SCHUR_COHN,
            FLINT_COUNT,
            mpsolve_count("u", 1846, 975),
            mpsolve_count("s", 9723, 975),
            mpsolve_count("u", 1846, 975, cores=True),
            mpsolve_count("s", 1846, 975, cores=True),
        ),
        _mixes("a e100 e200 b c e500 e1000 d e arxiv f g h6 two6 h7 hom50 hom200 hom1000"),
        check_count,
    ),
    "roots": Work(
        f"All roots to {DIGITS} digits",
        Solver("stabkit", lambda mix: roots(mix.workload, DIGITS), 9723, "", 1846, read=_values),
        _ROOT_FINDERS,
        _mixes("a e100 e200 b c e500 e1000 d e f"),
        check_all,
    ),
    "dominant": Work(
        f"The {LEADING} dominant modes to {DIGITS} digits",
        Solver(
            "stabkit",
            lambda mix: dominant_modes(mix.workload, LEADING, DIGITS),
            10**6,
            "",
            10**5,
            read=_values,
        ),
        _ROOT_FINDERS,
        _mixes("a e100 e200 b c e500 e1000 d e f g two6"),
        check_leading,
    ),
    "thresholds": Work(
        "The threshold s* of a common input, to 8 digits",
        Solver("stabkit", lambda mix: threshold(mix.workload), 1846, read=_threshold_value),
        (NUMPY_BISECTION, FLINT_BISECTION),
        _mixes("a e100 e200 b e500 e1000 d e"),
        check_threshold,
    ),
    "analysis": Work(
        "The whole analysis of a mix",
        Solver("stabkit", lambda mix: analyze(mix.workload, crosscheck=False), 199, read=_outside),
        (
            Solver(CROSS_CHECKED, lambda mix: analyze(mix.workload), 199, read=_outside),
            NUMPY_COUNT,
        ),
        _mixes("a e100 b"),
        check_count,
    ),
}
