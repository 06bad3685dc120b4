"""Batched winding numbers: against the integer recursion and FLINT, and up to where they end."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stabkit import Workload, unit_circle_counts
from stabkit.spectrum.batched.mixes import Mixes, scaled
from stabkit.spectrum.batched.winding import _Paths, zeros_by_winding


def found(mixes: Mixes) -> list[int]:
    exponents, terms = mixes.closed_forms(np.arange(len(mixes)))
    return zeros_by_winding(exponents, scaled(terms, axis=1)).tolist()


CLASSES = st.lists(
    st.tuples(st.integers(0, 400), st.integers(2, 90), st.integers(1, 40)), min_size=1, max_size=5
)


@given(CLASSES)
@settings(max_examples=100)
def test_the_recursion_over_the_integers_agrees(classes: list[tuple[int, int, int]]) -> None:
    inputs, lengths, weights = zip(*classes, strict=True)
    (counted,) = found(Mixes.of(lengths, [inputs], [weights]))
    exact = unit_circle_counts(Workload.from_classes(classes), "schur-cohn")
    assert counted == (-1 if exact.on_circle else exact.outside)


def test_rows_of_a_batch_do_not_meet() -> None:
    """Rows that pass at once, that need halves of arcs, and that stay open, side by side."""
    inputs = np.array([0, 1, 5, 40, 1000, 3])
    weights = np.array([[1, 1], [1, 1], [3, 1], [1, 9], [1, 1], [5, 3]])
    mixes = Mixes.of([2, 3], inputs, weights)
    alone = [found(Mixes.of([2, 3], inputs[[k]], weights[[k]])) for k in range(6)]
    assert [[n] for n in found(mixes)] == alone
    assert found(mixes)[:3] == [2, -1, 0]  # s* = 1 at equal shares (docs/model.md, R8)


@pytest.mark.parametrize("bits", [10, 20, 30, 38])
def test_zeros_next_to_the_circle(bits: int) -> None:
    """(14, 31) and (14, 60): a mode is at -1 where the shares are equal, by FLINT beside it.

    The sum of (15 + m) (-1)^m over m < 31 is 15 + 15, over m < 60 it is -30: G(-1) = 0.
    """
    weights = np.array([[2**bits + step, 2**bits - step] for step in (-1, 0, 1)])
    mixes = [Workload.from_classes([(14, 31, p), (14, 60, q)]) for p, q in weights.tolist()]
    below, at, above = (unit_circle_counts(mix, "flint") for mix in mixes)
    assert at.on_circle == 1
    assert abs(below.outside - above.outside) == 1
    counted = found(Mixes.of([31, 60], np.full(3, 14), weights))
    assert counted == [below.outside, -1, above.outside]


@pytest.mark.parametrize("call", range(3))
def test_no_arc_passes_that_an_error_could_hide(call: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """h, its slope and its bend are transforms, each with an error: here one of them is large."""
    mixes = Mixes.of([3, 5], [10], [[1, 1]])
    exponents, terms = mixes.closed_forms(np.arange(1))
    path = "stabkit.spectrum.batched.winding"
    assert _Paths.of(exponents, scaled(terms, axis=1)).certified.mean() > 0.7
    errors = iter(np.full(1, 1e6 if n == call else 0.0) for n in range(3))
    monkeypatch.setattr(f"{path}._transform_errors", lambda *_: next(errors))
    assert not _Paths.of(exponents, scaled(terms, axis=1)).certified.any()
