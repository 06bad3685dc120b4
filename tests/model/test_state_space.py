"""The state matrices against F, and against exact trajectories of another implementation.

Provenance: vectors/trajectories.json comes with docs/model.md, Vectors, from an implementation
independent of stabkit; characteristic polynomials are sympy's `charpoly` (Berkowitz or its domain
matrices), which knows nothing of F.
"""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sympy import Matrix, Rational, simplify, symbols

from stabkit.errors import InvalidArgument, InvalidWorkload
from stabkit.model.kernel import MemoryKernel
from stabkit.model.state_space import state_characteristic_polynomial, state_matrix
from stabkit.model.symbolic import LAMBDA, SymbolicWorkload
from stabkit.model.workload import Workload

TRAJECTORIES = json.loads(
    (Path(__file__).parents[1] / "vectors" / "trajectories.json").read_text(encoding="utf-8")
)["trajectories"]
S, T, P = symbols("s t p", positive=True)
FORMS = pytest.mark.parametrize("form", ["affine", "token-balance"])
MIXES = st.lists(
    st.tuples(
        st.fractions(0, 20, max_denominator=4),
        st.integers(1, 5),
        st.fractions("1/9", 5, max_denominator=9),
    ),
    min_size=1,
    max_size=3,
).map(Workload.from_classes)
SYMBOLIC = [
    [(S, 1, 1)],
    [(S, 4, 1)],
    [(S, 2, P), (S, 3, 1 - P)],
    [(S, 3, P), (T, 1, 1 - P)],
    [(S, 2, P), (T, 4, 1 - P)],
]


@FORMS
@given(mix=MIXES)
def test_predicted_characteristic_polynomial(form: str, mix: Workload) -> None:
    assert state_matrix(mix, form).charpoly(LAMBDA) == state_characteristic_polynomial(mix, form)


@FORMS
@pytest.mark.parametrize("classes", SYMBOLIC, ids=str)
def test_predicted_characteristic_polynomial_for_symbols(form: str, classes: list) -> None:
    mix = SymbolicWorkload.from_classes(classes)
    found = state_matrix(mix, form).charpoly(LAMBDA).as_expr()
    assert simplify(found - state_characteristic_polynomial(mix, form).as_expr()) == 0


@given(MIXES)
def test_the_equilibrium_is_the_eigenvector_of_one(mix: Workload) -> None:
    counts = Matrix([Rational(str(c.share)) for c in mix.classes for _ in range(c.decode_length)])
    assert state_matrix(mix, "token-balance") * counts == counts


@given(MIXES)
def test_token_balance_conserves_tokens(mix: Workload) -> None:
    tokens = Matrix(
        [
            [
                Rational(str(c.input_length)) + j + 1
                for c in mix.classes
                for j in range(c.decode_length)
            ]
        ]
    )
    assert tokens * state_matrix(mix, "token-balance") == tokens


@FORMS
@pytest.mark.parametrize("record", TRAJECTORIES, ids=range(len(TRAJECTORIES)))
def test_eviction_free_steps_of_exact_trajectories(record: dict, form: str) -> None:
    mix = Workload.from_classes(
        [(c["input_length"], c["decode_length"], c["share"]) for c in record["classes"]]
    )
    kernel = MemoryKernel.of(mix)
    admitted = Fraction(record["capacity"]) * Fraction(kernel.denominator, kernel.first)
    matrix = state_matrix(mix, form)
    offset = [
        Rational(str(c.share * admitted)) if j == 0 and form == "affine" else Rational(0)
        for c in mix.classes
        for j in range(c.decode_length)
    ]
    pairs = list(zip(record["steps"], record["steps"][1:], strict=False))[:12]
    for before, after in pairs:
        if after["evicted"] == "0":
            assert matrix * flat(before) + Matrix(offset) == flat(after)


def flat(step: dict) -> Matrix:
    return Matrix([Rational(x) for counts in step["state"] for x in counts])


@pytest.mark.parametrize("form", ["linear", "", None, ["affine"]])
@pytest.mark.parametrize("function", [state_matrix, state_characteristic_polynomial])
def test_unknown_form(function: object, form: object) -> None:
    with pytest.raises(InvalidArgument, match="'form' must be 'affine' or 'token-balance', not"):
        function(Workload.from_classes([(1, 2)]), form)


@pytest.mark.parametrize("build", [Workload.from_classes, SymbolicWorkload.from_classes])
@pytest.mark.parametrize("function", [state_matrix, state_characteristic_polynomial])
def test_states_are_bounded(function: object, build: object) -> None:
    with pytest.raises(InvalidWorkload, match="must sum to at most 1000 for a matrix, not 1001"):
        function(build([(1, 1001, 1)]))


def test_not_a_workload() -> None:
    with pytest.raises(InvalidWorkload, match="'mix' must be a Workload"):
        state_matrix(3)
