"""The atlas: complete, digit for digit what `threshold` finds, and what its text says of the laws.

The known values are those of docs/model.md, R8, from an independent implementation, as are the
vectors.
"""

import math
import random
from decimal import Context, Decimal
from fractions import Fraction
from typing import Any

import pytest

from stabkit import Workload, threshold
from stabkit.analysis.atlas import LONGEST, AtlasEntry, atlas
from stabkit.model.enclosure import RealEnclosure
from stabkit.model.kernel import MemoryKernel
from stabkit.spectrum.partition.threshold import variance_law

ENTRIES = {(entry.shorter, entry.longer): entry for entry in atlas()}
ADJACENT = {n: ENTRIES[n, n + 1] for n in range(1, LONGEST)}
OTHERS = [entry for (n, m), entry in ENTRIES.items() if m > n + 1]
SAMPLE = random.Random(60).sample(sorted(ENTRIES), 60)


def mix_of(pair: tuple[int, int]) -> Workload:
    return Workload.from_classes([(7, length) for length in pair])  # any common input


def rounded(value: RealEnclosure) -> Decimal:
    """Return the number that both ends round to, to 28 digits."""
    context = Context(prec=28)
    ends = [context.divide(Decimal(x.numerator), x.denominator) for x in (value.low, value.high)]
    assert ends[0] == ends[1]
    return ends[0]


def last_place(value: Decimal) -> Decimal:
    """Return one unit of the last digit."""
    return Decimal((0, (1,), value.as_tuple().exponent))


def law_error(entry: AtlasEntry) -> float:
    return entry.pair_law / float(entry.threshold) - 1


def test_every_coprime_pair_is_there_once_and_in_order() -> None:
    expected = [(n, m) for m in range(2, LONGEST + 1) for n in range(1, m) if math.gcd(n, m) == 1]
    assert [(entry.shorter, entry.longer) for entry in atlas()] == expected
    assert len(expected) == 1101


@pytest.mark.parametrize(
    ("pair", "known"),
    [
        ((1, 2), "0"),
        ((2, 3), "1"),
        ((2, 5), "6.9243440"),
        ((3, 5), "9.8229483"),
        ((4, 7), "29.594185"),
        ((7, 10), "117.43968"),
    ],
)
def test_known_values(pair: tuple[int, int], known: str) -> None:
    value = ENTRIES[pair].threshold  # 0 and 1 are exact, and rounding could hide an error there
    assert (value if "." not in known else value.quantize(Decimal(known))) == Decimal(known)


def test_vectors(vector_mixes: list[tuple[dict[str, Any], Workload]]) -> None:
    compared = 0
    for record, mix in vector_mixes:
        pair = tuple(sorted(c.decode_length for c in mix.classes))
        shares = {c.share for c in mix.classes}
        if pair in ENTRIES and len(shares) == 1 and record["common_input_threshold"]:
            known = float(record["common_input_threshold"])
            assert float(ENTRIES[pair].threshold) == pytest.approx(known, rel=1e-7)
            compared += 1
    assert compared


@pytest.mark.slow
@pytest.mark.parametrize("pair", SAMPLE)
def test_every_digit_is_what_threshold_finds(pair: tuple[int, int]) -> None:
    found = threshold(mix_of(pair))
    entry = ENTRIES[pair]
    assert found.threshold is not None
    assert found.sufficient is not None
    assert entry.threshold == rounded(found.threshold.enclosure(40))
    sufficient, unit = Fraction(entry.sufficient), Fraction(last_place(entry.sufficient))
    assert found.sufficient.low - unit <= sufficient <= found.sufficient.high + unit
    assert unit <= sufficient / 10**8
    assert entry.stable_intervals == len(found.stable_intervals)


def test_every_pair_is_stable_above_its_threshold_alone_and_r7_bounds_it() -> None:
    assert {entry.stable_intervals for entry in atlas()} == {1}
    for entry in atlas():  # not all digits of every s° are known
        assert entry.sufficient + last_place(entry.sufficient) > entry.threshold
    excess = {
        pair: float(e.sufficient / e.threshold) - 1 for pair, e in ENTRIES.items() if e.threshold
    }
    assert max(excess, key=lambda pair: excess[pair]) == (2, 3)
    assert 0.0811 < excess[2, 3] < 0.082
    assert max(value for (_, m), value in excess.items() if m >= 10) < 0.0013
    assert max(value for (_, m), value in excess.items() if m >= 40) < 0.00002


@pytest.mark.parametrize("pair", SAMPLE[:10])
def test_laws_are_those_of_the_spectrum(pair: tuple[int, int]) -> None:
    law = variance_law(MemoryKernel.of(mix_of(pair)))
    assert law is not None
    assert ENTRIES[pair].variance_law == pytest.approx(law.estimate, rel=1e-14)
    d = pair[1] - pair[0]
    assert ENTRIES[pair].pair_law == pytest.approx(d * d * law.estimate, rel=1e-14)


@pytest.mark.parametrize(
    ("n", "error"), [(2, 2.17), (5, 0.17), (10, 0.041), (20, 0.0102), (59, 0.0012)]
)
def test_errors_of_the_adjacent_length_law(n: int, error: float) -> None:
    assert law_error(ADJACENT[n]) == pytest.approx(error, rel=0.04)


def test_the_adjacent_length_law_is_above_and_gets_better() -> None:
    errors = [law_error(ADJACENT[n]) for n in range(2, LONGEST)]
    assert errors == sorted(errors, reverse=True)
    assert errors[-1] > 0


@pytest.mark.parametrize(("mean", "error", "count"), [(10, 0.0445, 1042), (30, 0.0056, 559)])
def test_the_adjacent_length_law_holds_for_all_pairs(mean: int, error: float, count: int) -> None:
    chosen = [entry for entry in atlas() if entry.mean_length >= mean]
    assert len(chosen) == count
    assert max(abs(law_error(entry)) for entry in chosen) < error


def test_the_variance_law_holds_for_adjacent_lengths_only() -> None:
    factors = {
        pair: float(e.threshold) / e.variance_law for pair, e in ENTRIES.items() if e.threshold
    }
    assert len(OTHERS) == 1042
    others = {pair: f for pair, f in factors.items() if pair[1] - pair[0] > 1}
    assert min(others.values()) == pytest.approx(2.47, abs=0.01)
    assert max(others, key=lambda pair: others[pair]) == (1, 60)
    assert others[1, 60] == pytest.approx(3500, abs=1)
    close = {pair for pair, factor in factors.items() if 0.9 <= factor <= 1.1}
    assert close == {(n, n + 1) for n in range(7, LONGEST)}
    narrow = {
        pair: f for pair, f in factors.items() if pair[1] - pair[0] <= 0.1 * (pair[0] + pair[1])
    }
    assert max(narrow, key=lambda pair: narrow[pair]) == (49, 59)
    assert narrow[49, 59] == pytest.approx(99.9, abs=0.05)
