"""The joint law: every sum of it by brute force over classes and steps."""

from __future__ import annotations

import random
from fractions import Fraction

import pytest

from stabkit import InvalidWorkload, Workload
from stabkit.model.kernel import MemoryKernel
from stabkit.spectrum.fluctuations.joint_law import JointLaw


def random_mix(generator: random.Random) -> Workload:
    return Workload.from_classes(
        (
            Fraction(generator.randint(0, 40), generator.choice([1, 1, 2, 3])),
            length,
            generator.randint(1, 9),
        )
        for length in generator.choices(range(1, 9), k=generator.randint(1, 7))
    )


def memory(mix: Workload) -> list[tuple[Fraction, list[Fraction]]]:
    """Each class with its tokens Y(0), Y(1), ... while it is in service."""
    return [
        (c.share, [c.input_length + m + 1 for m in range(c.decode_length)]) for c in mix.classes
    ]


def test_sums_are_those_of_the_definition() -> None:
    generator = random.Random(7)
    for _ in range(40):
        mix = random_mix(generator)
        law, scale = JointLaw.of(mix), JointLaw.of(mix).denominator
        for k, found in enumerate(law.autocovariance_sums):
            products = (
                p * sum(x * y for x, y in zip(held, held[k:], strict=False))
                for p, held in memory(mix)
            )
            assert Fraction(found, scale) == sum(products)
        squares = sum(p * sum(held) ** 2 for p, held in memory(mix))
        assert law.memory_time == sum(p * sum(held) for p, held in memory(mix))
        assert law.memory_time_squared == squares
        for i, j, k in ((0, 0, 0), (1, 2, 1), (3, 1, 2), (2, 0, 3)):
            if k < law.length:
                brute = sum(
                    c.share * c.input_length**i * c.decode_length**j
                    for c in mix.classes
                    if c.decode_length > k
                )
                assert Fraction(law.tails(i, j)[k], scale) == brute


def test_its_kernel_is_the_memory_kernel() -> None:
    generator = random.Random(8)
    for _ in range(20):
        mix = random_mix(generator)
        law, kernel = JointLaw.of(mix), MemoryKernel.of(mix)
        assert [Fraction(g, law.denominator) for g in law.kernel] == [
            Fraction(g, kernel.denominator) for g in kernel.coefficients
        ]


def test_a_merged_mix_keeps_its_joint_law() -> None:
    apart = Workload.from_classes([(1, 3, 2), (4, 3), (7, 5)])
    assert JointLaw.of(apart.merged()) == JointLaw.of(apart)


def test_means_have_lost_it(tmp_path) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "summary.csv"
    path.write_text("decode_length,count,input_length_sum\n3,2,9\n5,1,4\n")
    with pytest.raises(InvalidWorkload, match="must hold single requests, not means"):
        JointLaw.of(Workload.from_file(path))


@pytest.mark.parametrize(
    ("classes", "certain"),
    [([(5, 3)], True), ([(5, 3), (6, 3)], False), ([(5, 3), (5, 4)], False)],
)
def test_only_one_kind_of_request_is_certain(classes: list[tuple[int, int]], certain: bool) -> None:
    assert JointLaw.of(Workload.from_classes(classes)).is_certain is certain
