"""Peers that are Python libraries, called in the same process.

numpy.roots takes the eigenvalues of the companion matrix in double precision: no guarantee, and no
50 digits. mpmath.polyroots iterates in multiple precision, with an estimate of its error.
FLINT isolates every root in a ball, which proves both the roots and a count. Exact Schur-Cohn is
the recursion over Python integers; it and FLINT's count are reached through stabkit's interface,
where each is an engine of its own.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import mpmath
import numpy as np
from flint import acb, ctx, fmpz_poly

from benchmarks.answers import DIGITS
from benchmarks.mixes import Mix
from benchmarks.solvers import Solver
from stabkit import unit_circle_counts

__all__ = ["FLINT_COUNT", "FLINT_ROOTS", "MPMATH_ROOTS", "NUMPY_COUNT", "SCHUR_COHN", "WINDING"]

_BITS = 170  # 10^-50 > 2^-167


def _numpy_roots(mix: Mix) -> Any:
    return np.roots(np.array(mix.coefficients, dtype=float))


def _outside(values: Any) -> int:
    return int(np.sum(np.abs(values) > 1))


def _count_by_engine(engine: Any, mix: Mix) -> int | None:
    return unit_circle_counts(mix.workload, method=engine).outside


def _isolated_roots(mix: Mix) -> list[tuple[acb, int]]:
    """Isolate all roots; the balls have a relative radius of at most 2^-_BITS."""
    with ctx.workprec(_BITS):
        return list(fmpz_poly(list(reversed(mix.coefficients))).complex_roots())


def _centres(balls: list[tuple[acb, int]]) -> list[mpmath.mpc]:
    return [
        mpmath.mp.make_mpc((ball.real.mid()._mpf_, ball.imag.mid()._mpf_))
        for ball, multiplicity in balls
        for _ in range(multiplicity)
    ]


def _polyroots(mix: Mix) -> list[mpmath.mpc]:
    with mpmath.workdps(DIGITS):
        return list(mpmath.polyroots(list(mix.coefficients), maxsteps=200, extraprec=200))


NUMPY_COUNT = Solver("numpy.roots", _numpy_roots, 1846, "minutes", 479, read=_outside)
SCHUR_COHN = Solver(
    "exact Schur–Cohn", partial(_count_by_engine, "schur-cohn"), 479, "minutes", 199
)
WINDING = Solver("stabkit, winding number", partial(_count_by_engine, "winding"), 10**6)
FLINT_COUNT = Solver("FLINT", partial(_count_by_engine, "flint"), 479, "> 30 s", 199)
FLINT_ROOTS = Solver("FLINT", _isolated_roots, 479, "> 30 s", 199, read=_centres)
MPMATH_ROOTS = Solver("mpmath.polyroots", _polyroots, 74, "> 40 s", 9)
