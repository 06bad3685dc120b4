"""Root loci against numpy.roots, known thresholds and independent counts."""

import math
from fractions import Fraction
from importlib import import_module
from typing import Any

import numpy as np
import pytest
from flint import ctx, fmpz_poly

from stabkit import InvalidArgument, Workload, root_locus, unit_circle_counts
from stabkit.model.kernel import MemoryKernel
from stabkit.spectrum.partition.family import kernel_family

PAIR = Workload.from_classes([(4, 3, "1/3"), (7, 5, "2/3")], name="pair")


def kernel_floats(classes: list[tuple[float, int, float]], gain: float = 1.0) -> list[float]:
    """The kernel from its definition, in doubles: g_m = sum p (s + m + 1) 1{m < l}."""
    longest = max(length for _, length, _ in classes)
    terms = [sum(p * (s + m + 1) for s, length, p in classes if m < length) for m in range(longest)]
    return [terms[0], *(gain * g for g in terms[1:])]


def changed(along: str, value: float) -> list[float]:
    if along == "s":
        return kernel_floats([(value * 4 / 6, 3, 1 / 3), (value * 7 / 6, 5, 2 / 3)])  # mean 6
    if along == "p":
        return kernel_floats([(4, 3, value), (7, 5, 1 - value)])
    return kernel_floats([(4, 3, 1 / 3), (7, 5, 2 / 3)], value)


@pytest.mark.parametrize("along", ["s", "p", "kappa"])
def test_roots_are_those_of_numpy(along: Any) -> None:
    locus = root_locus(PAIR, along, points=9)
    assert len(locus.values) == 9
    for value, row, distances in zip(locus.values, locus.roots, locus.distances, strict=True):
        expected = np.roots(changed(along, float(value)))
        assert np.sort_complex(row) == pytest.approx(np.sort_complex(expected), rel=1e-8)
        assert distances == pytest.approx(np.abs(row) - 1, abs=1e-12)
        assert np.all(np.diff(np.abs(row)) <= 1e-12)


@pytest.mark.parametrize(
    ("classes", "threshold"),
    # docs/model.md, R8, equal shares
    [
        ([(5, 2), (5, 5)], "6.9243440"),
        ([(5, 3), (5, 5)], "9.8229483"),
        ([(0, 4), (0, 7)], "29.594185"),
    ],
)
def test_the_last_change_along_s_is_the_threshold(
    classes: list[tuple[int, int]], threshold: str
) -> None:
    locus = root_locus(Workload.from_classes(classes), "s", 0, 40, points=21)
    last = locus.changes[-1]
    assert (last.before, last.after) == (2, 0)
    assert last.low <= Fraction(threshold) + Fraction(1, 10**6)
    assert last.high >= Fraction(threshold) - Fraction(1, 10**6)
    assert last.high - last.low <= Fraction(40, 10**6)


def test_the_change_at_a_rational_threshold_ends_there() -> None:
    # (2, 3) with equal shares is marginal at s = 1 exactly, which counts as no unstable mode
    (change,) = root_locus(Workload.from_classes([(1, 2), (1, 3)]), "s", 0, 2, points=3).changes
    assert change.low < change.high == 1
    assert change.angle == pytest.approx(abs(np.angle(np.roots([2, 3, 2])[0])), abs=1e-5)


def test_shares_change_at_the_known_bounds() -> None:
    # R8: (2, 3) is stable iff 2 / (s + 3) < p < (s + 2) / (s + 3); at s = 5: 1/4 < p < 7/8
    locus = root_locus(Workload.from_classes([(5, 2), (5, 3)]), "p", "1/10", "19/20", points=18)
    assert [(c.before, c.after) for c in locus.changes] == [(2, 0), (0, 1)]
    for change, bound in zip(locus.changes, (Fraction(1, 4), Fraction(7, 8)), strict=True):
        assert change.low <= bound <= change.high


@pytest.mark.slow
@pytest.mark.parametrize("along", ["s", "p", "kappa"])
def test_brackets_hold_by_an_independent_engine(along: Any) -> None:
    mix = Workload.from_classes([(40, 12, 1), (40, 25, 2)])
    locus = root_locus(mix, along, points=7)
    assert locus.changes
    for change in locus.changes:
        for value, count in ((change.low, change.before), (change.high, change.after)):
            kernel = _kernel(mix, along, value)
            scale = math.lcm(*(g.denominator for g in kernel))
            with ctx.workprec(300):
                found = fmpz_poly([int(g * scale) for g in reversed(kernel)]).complex_roots()
            assert sum(k for root, k in found if root.abs_lower() > 1) == count
            assert sum(k for root, k in found if root.abs_upper() < 1) == 24 - count


def _kernel(mix: Workload, along: str, value: Fraction) -> list[Fraction]:
    first = mix.classes[0]
    s, p, gain = first.input_length, first.share, Fraction(1)
    s, p = (value, p) if along == "s" else (s, value if along == "p" else p)
    gain = value if along == "kappa" else gain
    terms = [p * (s + m + 1) * (m < first.decode_length) + (1 - p) * (s + m + 1) for m in range(25)]
    return [terms[0], *(gain * g for g in terms[1:])]


def test_where_no_count_is_proved_no_change_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """(5, 2), (5, 3) along p: 2 modes are unstable up to 1/4, none up to 7/8 (R8), then one."""
    mix, module = Workload.from_classes([(5, 2), (5, 3)]), "stabkit.spectrum.curves.locus._unstable"
    whole = [(c.before, c.after) for c in root_locus(mix, "p", "1/10", "19/20", points=18).changes]
    assert whole == [(2, 0), (0, 1)]
    count = import_module("stabkit.spectrum.curves.locus")._unstable
    for open_ones, left in (({0, 2}, []), ({2}, [(0, 1)]), ({1}, [(2, 0)]), ({0}, [])):
        monkeypatch.setattr(
            module, lambda kernel, o=open_ones: None if (n := count(kernel)) in o else n
        )
        changes = root_locus(mix, "p", "1/10", "19/20", points=18).changes
        assert [(c.before, c.after) for c in changes] == left


def test_gain_one_is_the_greedy_loop() -> None:
    locus = root_locus(PAIR, "kappa", "1/2", 1, points=3)
    assert locus.unstable[-1] == unit_circle_counts(PAIR).outside
    kernel = MemoryKernel.of(PAIR)
    expected = np.roots([g / kernel.denominator for g in kernel.coefficients])
    assert np.sort_complex(locus.roots[-1]) == pytest.approx(np.sort_complex(expected), rel=1e-9)


def test_inputs_of_zero_are_set_to_the_parameter() -> None:
    zero = Workload.from_classes([(0, 3), (0, 5)])
    five = Workload.from_classes([(5, 3), (5, 5)])
    ends = (0, 20, 5)
    assert np.array_equal(root_locus(zero, "s", *ends).roots, root_locus(five, "s", *ends).roots)


def test_a_multiple_root_is_repeated() -> None:
    # F = (2 l + 1)^2 at this mix; see `roots`
    mix = Workload.from_classes([(2, 1, 1), ("9/2", 2, 2), (1, 3, 1)])
    locus = root_locus(mix, "kappa", "1/2", 1, points=2)
    assert locus.roots[-1].tolist() == [-0.5, -0.5]


def test_a_mix_without_modes_has_an_empty_locus() -> None:
    locus = root_locus(Workload.from_classes([(3, 1)]), "s", points=3)
    assert locus.roots.shape == (3, 0)
    assert (locus.unstable, locus.changes, locus.spectral_radius) == ((0, 0, 0), (), None)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"along": "q"}, "'along' must be 'common', 'shift', 'scale', 'share', 'gain' or a slope"),
        ({"low": -1}, "'low' must be between 0 and 10\\^12 along 'common', not -1"),
        ({"low": 5, "high": 5}, "'low' must be less than 5, where the values end, not 5"),
        ({"low": "x"}, "'low' must be a finite rational number, not 'x'"),
        ({"along": "p", "high": 1}, "'high' must be between 0 and 1, both excluded, along 'share'"),
        ({"along": "kappa", "high": 2}, "'high' must be positive and at most 1 along 'gain'"),
        ({"points": 1}, "'points' must be an integer from 2 to 1001, not 1"),
        ({"points": True}, "'points' must be an integer from 2 to 1001, not True"),
    ],
)
def test_bad_arguments(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidArgument, match=message):
        root_locus(PAIR, **arguments)


def test_one_class_has_no_share_to_change() -> None:
    with pytest.raises(InvalidArgument, match="'mix' must have two classes or more along 'share'"):
        root_locus(Workload.from_classes([(5, 3)]), "p")


def test_long_kernels_are_refused() -> None:
    with pytest.raises(InvalidArgument, match="decode lengths up to 1000 for a root locus"):
        root_locus(Workload.from_classes([(5, 1001)]))


def sides(kernel: MemoryKernel) -> dict[float, int]:
    """{argument: 1 outside, -1 inside, 0 on the circle} of the roots 1 / z, from FLINT's balls."""
    with ctx.workprec(300):
        zeros = [z for z, _ in fmpz_poly(list(kernel.coefficients)).complex_roots()]
        return {
            abs(float(z.arg())): 1 if z.abs_upper() < 1 else -1 if z.abs_lower() > 1 else 0
            for z in zeros
        }


def test_the_angle_is_that_of_a_root_that_crosses() -> None:
    """Six roots are within 1e-12 of the circle, the nearest of which stay on their side."""
    mix = Workload.from_classes([(10**6, 7, 1), (10**12, 14, 1), (9, 13, 2)])
    family = kernel_family(mix, "kappa")
    (change,) = root_locus(mix, "kappa", points=7).changes
    before, after = sides(family(change.low)), sides(family(change.high))
    crossed = [
        angle
        for angle, side in after.items()
        if before[min(before, key=lambda other: abs(other - angle))] != side
    ]
    assert [change.angle] == pytest.approx(crossed, abs=1e-9)


def test_an_odd_number_crosses_at_minus_one() -> None:
    """Next to a double root, where Newton's method is slow. Oracle: the sign of G(-1)."""
    mix = Workload.from_classes([(0, 2, "1e-9"), (0, 3, 1)])
    family = kernel_family(mix, "p")
    odd = [c for c in root_locus(mix, "p", points=7).changes if (c.before - c.after) % 2]
    assert odd
    for change in odd:
        assert family(change.low).at_minus_one() * family(change.high).at_minus_one() <= 0
        assert change.angle == math.pi
