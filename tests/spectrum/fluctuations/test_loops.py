"""Loops of linear policies: the coefficients of their density by sums over classes and steps."""

from fractions import Fraction

import pytest

from stabkit import Workload
from stabkit.spectrum.fluctuations.joint_law import JointLaw
from stabkit.spectrum.fluctuations.loops import loop_density

MIXES = [
    [(5, 1, 1), (5, 3, 2)],
    [(0, 4, 1)],
    [(7, 2, 3), (0, 5, 1), (20, 5, 2), (3, 9, 1)],
]
LOOPS = [
    (Fraction(6), Fraction(1), Fraction(0)),
    (Fraction(5, 2), Fraction(0), Fraction(1, 3)),
    (Fraction(4), Fraction(2, 3), Fraction(-1, 5)),
]


@pytest.mark.parametrize("classes", MIXES)
@pytest.mark.parametrize(("first", "used", "reserved"), LOOPS)
def test_coefficients_by_the_definition(
    classes: list[tuple[int, int, int]], first: Fraction, used: Fraction, reserved: Fraction
) -> None:
    mix = Workload.from_classes(classes)
    longest = mix.longest_decode
    answers = [
        [first]
        + [used * (s + m + 1) + reserved * (s + n) for m in range(1, n)]
        + [Fraction(0)] * (2 * longest - n)
        for s, n, _ in classes
    ]
    weights = [Fraction(w, sum(w for *_, w in classes)) for *_, w in classes]
    found = loop_density(JointLaw.of(mix), first, used, reserved)
    for k in range(longest):
        kernel = sum(p * z[k] for p, z in zip(weights, answers, strict=True))
        products = sum(
            p * sum(z[m] * z[m + k] for m in range(longest))
            for p, z in zip(weights, answers, strict=True)
        )
        assert Fraction(found.kernel[k], found.scale) == kernel
        assert Fraction(found.sums[k], found.scale) == products
    assert len(found.kernel) == len(found.sums) == longest
    # the admissions themselves: Q = 1, whose product with Z is Z
    assert [Fraction(c, found.scale) for c in (*found.mean, *found.power)] == [1, 1]
    assert (found.ahead, found.behind) == (found.kernel, [])
