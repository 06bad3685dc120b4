"""Initial states: every form that counts may take, and everything that is refused.

Oracle: errors and their words; docs/model.md, R11, for the product form.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

from stabkit.dynamics.capacity import equilibrium_admissions
from stabkit.dynamics.initial_state import cohorts_of, read_counts
from stabkit.dynamics.simulator import simulate
from stabkit.errors import InvalidArgument
from stabkit.model.workload import Workload

MIX = Workload.from_classes([(5, 2, 1), (5, 3, 3)], capacity=400)


@pytest.mark.parametrize(
    "state",
    [
        [[1, 2], [3, 4, 5]],
        ((1.0, 2.0), (3.0, 4.0, 5.0)),
        [["1", "2/1"], ["3.0", "4", Decimal(5)]],
        [np.array([1, 2]), np.array([3.0, 4.0, 5.0])],
        np.array([np.array([1, 2]), np.array([3, 4, 5])], dtype=object),
    ],
)
@pytest.mark.parametrize("arithmetic", ["exact", "float", "integer"])
def test_forms_of_counts(state, arithmetic):
    assert read_counts(state, MIX, arithmetic) == [[1, 2], [3, 4, 5]]


def test_floats_are_read_at_their_shortest_repr_when_exact():
    assert read_counts([[0.1, 0], [0, 0, 0]], MIX, "exact")[0][0] == Fraction(1, 10)


def test_two_dimensional_array():
    square = Workload.from_classes([(5, 2), (6, 2)])
    assert read_counts(np.ones((2, 2)), square, "float") == [[1.0, 1.0], [1.0, 1.0]]


@pytest.mark.parametrize(
    ("state", "message"),
    [
        (3, "'state' must be 2 lists of counts, one per class, not 3"),
        ({}, "'state' must be 2 lists of counts, one per class"),
        (np.array(3.0), "'state' must be 2 lists of counts, one per class"),
        (np.ndarray, "'state' must be 2 lists of counts, one per class"),
        ([[1, 2]], "'state' must be 2 lists of counts, one per class, not 1"),
        ([[1, 2], 3], "'state' of class 2 must be 3 counts, one per stage, not 3"),
        ([[1, 2], "345"], "'state' of class 2 must be 3 counts, one per stage, not '345'"),
        ([[1, 2], [3, 4]], "'state' of class 2 must be 3 counts, one per stage, not 2"),
        ([[1, -2], [3, 4, 5]], "'state' of class 1 in stage 1 must be between 0 and"),
        ([[1, float("nan")], [3, 4, 5]], "'state' of class 1 in stage 1 must be a finite"),
        ([[1, np.float32("inf")], [3, 4, 5]], "'state' of class 1 in stage 1 must be a finite"),
        ([[1, float("inf")], [3, 4, 5]], "'state' of class 1 in stage 1 must be a finite"),
        ([[1, "many"], [3, 4, 5]], "'state' of class 1 in stage 1 must be a finite"),
        ([[1, None], [3, 4, 5]], "'state' of class 1 in stage 1 must be a finite"),
        ([[1, True], [3, 4, 5]], "'state' of class 1 in stage 1 must be a finite"),
        ([[1, 2j], [3, 4, 5]], "'state' of class 1 in stage 1 must be a finite"),
        ([[1, [2]], [3, 4, 5]], "'state' of class 1 in stage 1 must be a finite"),
        ([[1, 1e300], [3, 4, 5]], "'state' of class 1 in stage 1 must be between 0 and"),
        ([[1, 10**19], [3, 4, 5]], "'state' of class 1 in stage 1 must be between 0 and"),
        ([[1, 10**5000], [3, 4, 5]], "'state' of class 1 in stage 1 must"),
    ],
)
@pytest.mark.parametrize("arithmetic", ["exact", "float", "integer"])
def test_bad_counts(state, message, arithmetic):
    with pytest.raises(InvalidArgument, match=message):
        simulate(MIX, 2, arithmetic, state)


@pytest.mark.parametrize("count", [0.5, "1/3"])
def test_whole_requests_must_be_whole(count):
    with pytest.raises(InvalidArgument, match="'state' of class 2 in stage 0 must be a whole"):
        simulate(MIX, 2, "integer", [[1, 2], [count, 4, 5]])


def test_product_form_is_recognised():
    # y = (4, 8, 2) with shares 1/4, 3/4; the last count changed by one part in 10^12 is not it.
    assert cohorts_of(exact([[1, 2], [3, 6, "3/2"]]), MIX, "exact") == [4, 8, 2]
    assert cohorts_of(exact([["1.000000000001", 2], [3, 6, "3/2"]]), MIX, "exact") is None
    assert cohorts_of([[1.0, 2.0], [3.0, 6.0, 1.5]], MIX, "float") == [4.0, 8.0, 2.0]
    assert cohorts_of([[1 + 1e-12, 2.0], [3.0, 6.0, 1.5]], MIX, "float") is None


def exact(state):
    return read_counts(state, MIX, "exact")


def test_equilibrium_admissions():
    # G(1) = sum p_k (s_k l_k + l_k (l_k + 1) / 2) = 1/4 (10 + 3) + 3/4 (15 + 6) = 19.
    assert equilibrium_admissions(MIX) == Fraction(400, 19)
    assert equilibrium_admissions(MIX.with_capacity(None)) == 1
