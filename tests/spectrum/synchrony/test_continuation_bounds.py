"""Pellet's test of a disc and the Taylor remainder of certified continuation, by direct sums."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest
from flint import acb, arb, ctx

from stabkit import Workload
from stabkit.model.kernel import MemoryKernel
from stabkit.spectrum.synchrony import continuation as module
from stabkit.spectrum.synchrony.continuation import _ArbDisc, _Homotopy, _refined, followed_zeros

MIXES = [[(100, 4), (100, 6)], [(33, 30, 7), (1, 48, 1), (10, 54, 1)]]


def sums(classes: Any) -> tuple[dict[int, int], dict[int, int], int]:
    """(1 - z)^2 E and (1 - z)^2 C by the definitions, times the kernel's denominator."""
    mix = Workload.from_classes(classes)
    scale = MemoryKernel.of(mix).denominator
    held, aged = [Fraction(0)] * (mix.longest_decode + 2), [Fraction(0)] * (mix.longest_decode + 2)
    for c in mix.classes:
        for m in range(c.decode_length):
            for shift, factor in enumerate((1, -2, 1)):
                held[m + shift] += factor * c.share * c.input_length * scale
                aged[m + shift] += factor * c.share * (m + 1) * scale
    terms = [{m: int(x) for m, x in enumerate(part) if x} for part in (held, aged)]
    return terms[0], terms[1], mix.longest_decode


@pytest.mark.parametrize("classes", MIXES, ids=str)
def test_taylor_coefficients_are_those_of_the_polynomial(classes: Any) -> None:
    homotopy = _Homotopy(MemoryKernel.of(Workload.from_classes(classes)))
    held, aged, _ = sums(classes)
    with ctx.workprec(200):
        z, tau = acb("0.6", "0.7").mid(), arb(1) / 4
        found = homotopy.taylor(z, tau, 5)
        for i, phi in enumerate(found):
            true = sum(
                (
                    (held.get(m, 0) + tau * aged.get(m, 0)) * math.comb(m, i) * z ** (m - i)
                    for m in held.keys() | aged.keys()
                    if m >= i
                ),
                acb(0),
            )
            assert phi.overlaps(true)
            assert abs(phi - true) < arb(2) ** -100 * (1 + abs(true))


@pytest.mark.parametrize("classes", MIXES, ids=str)
@pytest.mark.parametrize("radius", ["0.01", "0.2"])
def test_the_tail_is_that_of_the_introduction(
    classes: Any, radius: str, is_just_above: Callable[..., bool]
) -> None:
    """sum_m |b_m| C(m, R) (|c| + r)^(m - R) r^R, R = 8."""
    homotopy = _Homotopy(MemoryKernel.of(Workload.from_classes(classes)))
    held, aged, longest = sums(classes)
    with ctx.workprec(200):
        z, r, tau = acb("0.6", "0.7").mid(), arb(radius).mid(), arb(1) / 4
        formula = sum(
            (
                abs(held.get(m, 0) + tau * aged.get(m, 0))
                * math.comb(m, 8)
                * (abs(z) + r) ** (m - 8)
                * r**8
                for m in range(8, longest + 2)
            ),
            arb(0),
        )
        tail = homotopy.tail(z, tau, r)
    if longest < 8:
        assert tail == 0
    else:
        assert is_just_above(tail.mid(), formula.mid(), -1e-30)


class MadeUp(_Homotopy):
    """Taylor coefficients and a tail that are told."""

    def __init__(self, phi: list[float], tail: float = 0.0) -> None:
        self.phi, self.told, self.length, self.spent = phi, arb(tail), 10, 0

    def taylor(self, centre: acb, tau: arb, order: int) -> list[acb]:
        return [acb(0, x) for x in (self.phi + [0.0] * order)[:order]]

    def tail(self, centre: acb, tau: arb, radius: arb) -> arb:
        return self.told


PELLET = {
    "value": ([0.5, 1.0], 0.0, 0.5),
    "second": ([0.25, 1.0, 1.0], 0.0, 0.5),  # r = 1/4 + r^2 at r = 1/2, touching
    "third": ([0.375, 1.0, 0.0, 1.0], 0.0, 0.5),
    "seventh": ([0.5 - 2.0**-7, 1.0, 0, 0, 0, 0, 0, 1.0], 0.0, 0.5),
    "tail": ([0.25, 1.0], 0.25, 0.5),
}


@pytest.mark.parametrize(("phi", "tail", "radius"), PELLET.values(), ids=PELLET)
@pytest.mark.parametrize("off", [1e-9, -1e-9])
def test_one_zero_is_proved_iff_the_linear_term_dominates(
    phi: list[float], tail: float, radius: float, off: float
) -> None:
    """|phi_1| r > |phi_0| + sum |phi_i| r^i + tail, with equality at r but for `off`."""
    moved = [phi[0], phi[1] * (1 + off), *phi[2:]]
    disc = MadeUp(moved, tail).disc(acb(3), arb(1), iter([arb(radius)]))
    assert (disc is not None) == (off > 0)
    if disc is not None:
        assert (disc.centre, disc.radius) == (3, radius)


@pytest.mark.parametrize("off", [1e-6, -1e-6])
def test_twice_the_refined_disc_is_alone_too(off: float, monkeypatch: pytest.MonkeyPatch) -> None:
    made_up = MadeUp([0.0, 1.0])
    monkeypatch.setattr(MadeUp, "newton", lambda *_: acb(0, 1))
    small = arb(2) ** -41  # |z| = 1 and 40 bits
    followed = _ArbDisc(acb(0, 1), 2 * small * (1 + arb(off)))
    found = _refined(made_up, followed, 40)
    assert (found is not None) == (off > 0)
    assert found is None or found.radius == small


def test_the_first_radius_that_proves_it_is_taken() -> None:
    radii = [arb(r) for r in (0.05, 0.1, 0.3, 0.4)]
    disc = MadeUp([0.1, 1.0]).disc(acb(0), arb(1), iter(radii))
    assert disc is not None
    assert disc.radius == radii[2]
    assert MadeUp([0.5, 1.0]).disc(acb(0), arb(1), iter(radii)) is None


@pytest.mark.parametrize(("apart", "inside"), [(0.2499, True), (0.25, False), (0.2501, False)])
def test_a_disc_holds_another_if_it_lies_strictly_within(apart: float, inside: bool) -> None:
    outer, inner = _ArbDisc(acb(1, 1), arb(0.5)), _ArbDisc(acb(1, 1 + apart), arb(0.25))
    assert outer.holds(inner) == inside


def test_a_path_that_takes_too_long_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    kernel = MemoryKernel.of(Workload.from_classes(MIXES[0]))
    for limit, value in (("_MOST_SPENT", 0), ("_MOST_STEPS", 0), ("_NARROWEST", Fraction(2))):
        with monkeypatch.context() as patch:
            patch.setattr(module, limit, value)
            assert followed_zeros(kernel, [1], 2, 64) == {1: None}
    assert followed_zeros(kernel, [1], 2, 64)[1] is not None
    nothing = MemoryKernel.of(Workload.from_classes([(0, 4), (0, 6)]))
    assert followed_zeros(nothing, [1], 2, 64) == {1: None}


@pytest.mark.parametrize("bits", [70, 100, 200])
def test_discs_are_alone_and_as_small_as_is_asked(
    bits: int, is_just_above: Callable[..., bool]
) -> None:
    """The radius is half of what is asked for, and within a tube twice of it holds one zero."""
    kernel = MemoryKernel.of(Workload.from_classes(MIXES[1]))
    for disc in followed_zeros(kernel, [1, 2, 3], 6, bits).values():
        assert disc is not None
        with ctx.workprec(1000):
            size = abs(disc.centre).mid()
            assert is_just_above(disc.radius, size * arb(2) ** -(bits + 1), -1e-6, 2e-6)
            g = kernel.coefficients
            value = sum((c * disc.centre**m for m, c in enumerate(g)), acb(0))
            slope = sum((m * c * disc.centre ** (m - 1) for m, c in enumerate(g) if m), acb(0))
            assert abs(value / slope) < disc.radius * 1.01
