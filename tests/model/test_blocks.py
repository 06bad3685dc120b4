"""Memory in blocks, and capacities: by hand, and by adding up every step of every request."""

from __future__ import annotations

import math
import random
from fractions import Fraction

import pytest

from stabkit.errors import InvalidArgument, InvalidWorkload
from stabkit.model.blocks import block_kernel, block_total
from stabkit.model.cache_memory import bytes_per_token, capacity_from_shape
from stabkit.model.kernel import MemoryKernel
from stabkit.model.workload import Workload


def random_mix(rng: random.Random) -> Workload:
    return Workload.from_classes(
        [(rng.randint(0, 70), rng.randint(1, 60), rng.randint(1, 5)) for _ in range(3)]
    )


@pytest.mark.parametrize("seed", range(30))
def test_every_step_of_every_class(seed: int) -> None:
    rng = random.Random(seed)
    mix, b = random_mix(rng), rng.choice([1, 2, 3, 7, 16, 64])
    expected = [
        sum(
            (
                c.share * b * math.ceil(Fraction(c.input_length + m + 1, b))
                for c in mix.classes
                if m < c.decode_length
            ),
            Fraction(0),
        )
        for m in range(mix.longest_decode)
    ]
    assert block_kernel(mix, b) == expected
    assert block_total(mix, b) == sum(expected)


def test_blocks_of_one_token_are_tokens() -> None:
    mix = random_mix(random.Random(1))
    kernel = MemoryKernel.of(mix)
    exact = [Fraction(g, kernel.denominator) for g in kernel.coefficients]
    assert block_kernel(mix, 1) == exact


def test_what_is_refused() -> None:
    with pytest.raises(InvalidWorkload, match="'input_length' must be a whole number"):
        block_total(Workload.from_classes([("1/2", 3)]), 16)
    with pytest.raises(InvalidArgument, match="'block_size' must be an integer from 1"):
        block_total(Workload.from_classes([(1, 3)]), 0)
    with pytest.raises(InvalidArgument, match="'dtype' must be 'float32', "):
        bytes_per_token(1, 1, 1, "float")
    with pytest.raises(InvalidArgument, match="'layers' must be a positive integer, not 0"):
        bytes_per_token(0, 1, 1)
    with pytest.raises(InvalidArgument, match="'memory' must end in one of b, kb"):
        capacity_from_shape("5 stones", 1, 1, 1)
    with pytest.raises(InvalidArgument, match="'memory' must hold one token at least"):
        capacity_from_shape(3, 1, 1, 1)
    for memory in (-5, 0, "-5 GiB", "-1/2b"):
        with pytest.raises(InvalidArgument, match=f"'memory' must be positive, not '?{memory}"):
            capacity_from_shape(memory, 1, 1, 1)


def test_capacities_by_hand() -> None:
    # Llama-2-7B: 32 layers, 32 heads of 128, fp16: 2 * 32 * 32 * 128 * 2
    assert bytes_per_token(32, 32, 128) == 524_288
    assert bytes_per_token(80, 8, 128, "int4") == 81_920
    assert capacity_from_shape(524_288 * 10 + 1, 32, 32, 128) == 10
    assert capacity_from_shape("1 GB", 32, 32, 128) == 1907
    assert capacity_from_shape(" 1/2GiB\n", 32, 32, 128) == 2**29 // 2**19
    assert capacity_from_shape("1TiB", 32, 32, 128) == 2**40 // 2**19
    assert capacity_from_shape("1 TB", 32, 32, 128) == 1_907_348


def test_units_of_memory() -> None:
    for base, units in ((1000, ("B", "kB", "MB", "GB")), (1024, ("B", "KiB", "MiB", "GiB"))):
        for power, unit in enumerate(units):
            tokens = capacity_from_shape(f"4096 {unit}", 1, 1, 1, "float16")
            assert tokens == 1024 * base**power, unit
