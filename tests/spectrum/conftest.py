"""What tests of error bounds share: a bound is compared with its formula, from both sides.

True errors of samples lie far below any bound of rounding, so that "the error is below the bound"
does not notice a bound that is half of what was proved. The formula does, if it is evaluated
apart from the code, in ball arithmetic: formula <= bound <= (1 + 1e-6) formula.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from flint import acb, arb, ctx, fmpq

Exact = Callable[[Any], Any]


def _ball(x: Any) -> Any:
    if isinstance(x, Fraction):
        return arb(fmpq(x.numerator, x.denominator))
    if isinstance(x, complex | np.complexfloating):
        return acb(float(x.real), float(x.imag))
    return x if isinstance(x, arb | acb) else arb(float(x))


@pytest.fixture
def exact() -> Exact:
    """A function that turns doubles and fractions into balls, without any error for doubles."""
    return _ball


@pytest.fixture
def is_just_above() -> Callable[..., bool]:
    """Whether (1 + slack) formula <= bound <= (1 + slack + room) formula, for each of several."""

    def compare(bound: Any, formula: Any, slack: float = 0.0, room: float = 1e-6) -> bool:
        with ctx.workprec(300):
            bounds = bound if isinstance(bound, Sequence | np.ndarray) else [bound]
            formulas = formula if isinstance(formula, Sequence) else [formula]
            assert len(bounds) == len(formulas)
            return all(
                _ball(f) * (1 + _ball(slack)) <= _ball(b)
                and _ball(b) <= _ball(f) * (1 + _ball(slack) + _ball(room))
                for b, f in zip(bounds, formulas, strict=True)
            )

    return compare
