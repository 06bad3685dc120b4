"""The memory kernel against vectors/mixes.json, which stem from an implementation of their own.

Provenance: vectors/mixes.json comes with docs/model.md, Vectors; its author's code shares nothing
with stabkit. Where no vector is named, the oracle is the definition, summed term by term.
"""

from __future__ import annotations

import json
import math
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stabkit.model.kernel import MemoryKernel
from stabkit.model.polynomials import generating_function, memory_kernel
from stabkit.model.workload import Workload

VECTORS = json.loads(
    (Path(__file__).parents[1] / "vectors" / "mixes.json").read_text(encoding="utf-8")
)
CLASSES = st.lists(
    st.tuples(
        st.fractions(0, 20, max_denominator=4),
        st.integers(1, 12),
        st.fractions("1/9", 5, max_denominator=9),
    ),
    min_size=1,
    max_size=5,
)


def mix_of(record: dict) -> Workload:
    return Workload.from_classes(
        [(c["input_length"], c["decode_length"], c["share"]) for c in record["classes"]]
    )


@pytest.mark.parametrize("record", VECTORS, ids=range(len(VECTORS)))
def test_kernel_gcd_and_equilibrium_of_every_vector(record: dict) -> None:
    mix = mix_of(record)
    kernel = MemoryKernel.of(mix)
    if record["kernel"] is not None:  # long ones are left out of the file
        expected = [Fraction(g) for g in record["kernel"]]
        assert [Fraction(c, kernel.denominator) for c in kernel.coefficients] == expected
        assert [Fraction(str(g)) for g in memory_kernel(mix)] == expected
    assert mix.gcd == record["gcd"]
    inverse = Fraction(record["equilibrium_admission_per_unit_capacity"])
    assert Fraction(kernel.denominator, kernel.total) == inverse
    assert Fraction(str(1 / generating_function(mix).eval(1))) == inverse


@given(CLASSES)
def test_kernel_is_its_definition(classes: list) -> None:
    mix = Workload.from_classes(classes)
    kernel = MemoryKernel.of(mix)
    for m in range(mix.longest_decode):
        alive = [c for c in mix.classes if m < c.decode_length]
        g = sum((c.share * (c.input_length + m + 1) for c in alive), Fraction(0))
        assert Fraction(kernel.coefficients[m], kernel.denominator) == g
        assert Fraction(kernel.survival[m], kernel.denominator) == sum(c.share for c in alive)


@given(CLASSES)
def test_derived_numbers_agree_with_the_list(classes: list) -> None:
    mix = Workload.from_classes(classes)
    kernel = MemoryKernel.of(mix)
    signs = [(-1) ** m * c for m, c in enumerate(kernel.coefficients)]
    assert kernel.at_minus_one() == sum(signs)
    assert kernel.total == sum(kernel.coefficients)
    assert kernel.first == kernel.coefficients[0]
    assert kernel.length == len(kernel.coefficients) == mix.longest_decode
    assert kernel.mean_decode_length == mix.mean_decode_length


@given(CLASSES)
def test_merging_classes_of_equal_decode_length_changes_nothing(classes: list) -> None:
    """R11: only the share and the share-weighted input at each decode length matter."""
    mix = Workload.from_classes(classes)
    merged = []
    for length in {c.decode_length for c in mix.classes}:
        same = [c for c in mix.classes if c.decode_length == length]
        share = sum(c.share for c in same)
        mean = sum(c.share * c.input_length for c in same) / share
        merged.append((mean, length, share))
    assert MemoryKernel.of(Workload.from_classes(merged)) == MemoryKernel.of(mix)


@given(CLASSES, st.integers(1, 10**30))
def test_totals_of_a_sample(classes: list, factor: int) -> None:
    """By the definition: requests and their input tokens at each decode length."""
    mix = Workload.from_classes(classes).merged()
    scale = factor * math.lcm(
        *(c.share.denominator * c.input_length.denominator for c in mix.classes)
    )
    kernel = MemoryKernel.of_totals(
        [c.decode_length for c in mix.classes],
        [int(c.share * scale) for c in mix.classes],
        [int(c.share * c.input_length * scale) for c in mix.classes],
    )
    assert kernel == MemoryKernel.of(mix)


def test_even_gcd_has_the_known_value_at_minus_one() -> None:
    """docs/model.md, Even gcd: G(-1) = -mu/2 for even g, whatever the inputs."""
    mix = Workload.from_classes([("7/3", 4, 2), (11, 6, 5)])
    kernel = MemoryKernel.of(mix)
    assert Fraction(kernel.at_minus_one(), kernel.denominator) == -mix.mean_decode_length / 2


def test_huge_lengths_need_no_dense_list() -> None:
    mix = Workload.from_classes([(10**12, 10**9, 1), (0, 10**9 - 1, 1)])
    kernel = MemoryKernel.of(mix)
    n = 10**9
    expected = Fraction(n * (n + 1) // 2 + 10**12 * n, 2) + Fraction((n - 1) * n // 2, 2)
    assert Fraction(kernel.total, kernel.denominator) == expected
    assert len(kernel.closed_form) <= 2 * 2 + 2
