"""The pictures of some results, as points that stabkit computes."""

from __future__ import annotations

import math
from fractions import Fraction

from sympy import Poly, im, re, symbols

from stabkit import (
    Figure,
    Layer,
    Plot,
    Workload,
    fano_factor,
    memory_kernel,
    roots,
    simulate,
    survival_polynomial,
    threshold,
    worst_cycle_loss,
)
from stabkit.model.enclosure import RealEnclosure

__all__ = ["crossings", "kernel", "losses", "modes", "settling", "spread", "variance"]

_DIGITS = 20
_CIRCLE = tuple(
    (math.cos(math.radians(degrees)), math.sin(math.radians(degrees)))
    for degrees in range(0, 361, 4)
)


def kernel() -> Figure:
    """Return a kernel of two classes, and the same without growth."""
    mix = Workload.from_classes([(20, 10, 1), (20, 30, 1)])
    held = [float(g) for g in memory_kernel(mix)]
    alive = [held[0] * float(c) for c in survival_polynomial(mix).all_coeffs()]
    layers = (
        Layer("stems", _counted(held), "inside", "$g_m$"),
        Layer("steps", _counted(alive), "outside", "$g_0 S_m$"),
    )
    return Figure(
        Plot(layers, "age $m$, in steps", "tokens per admitted request"),
        r"The memory kernel of two classes with $s = 20$ and $l = 10, 30$ in equal shares. Without "
        r"growth it would be $g_0 S_m$: what an admission holds rises with its age $m$ as long as "
        r"its requests live.",
        "kernel",
    )


def modes() -> Figure:
    """Return the roots of A and of F for decode lengths with the gcd 6."""
    mix = Workload.from_classes([(30, 6, 1), (30, 12, 1)])
    survival = Poly(survival_polynomial(mix), symbols("lambda")).nroots(n=_DIGITS)
    limit = tuple((float(re(x)), float(im(x))) for x in survival)
    found = tuple((float(x.value.real), float(x.value.imag)) for x in roots(mix))
    layers = (
        Layer("line", _CIRCLE, "plain"),
        Layer("marks", limit, "mark", "roots of $A$"),
        Layer("marks", found, "outside", "modes"),
    )
    return Figure(
        Plot(layers, r"$\operatorname{Re} \lambda$", r"$\operatorname{Im} \lambda$", square=True),
        r"Decode lengths 6 and 12 in equal shares, $g = 6$: the roots of the survival polynomial "
        r"$A$, five of them on the unit circle, and the modes, the roots of $F$, for $s = 30$. All "
        r"are pushed outwards by a factor of about $1 + 1 / (s + L)$, and five leave the disc.",
        "modes",
    )


def settling() -> Figure:
    """Return a run of one class from next to its equilibrium to the worst cycle."""
    run = simulate("10:5", steps=240, state=[[1, 1, "1.03", 1, 1]])
    admissions = Layer("line", _counted([float(a) for a in run.admitted]), "inside")
    return Figure(
        Plot((admissions,), "step", "admissions"),
        r"One class, $s = 10$ and $l = 5$, from next to its equilibrium of one admission in every "
        r"step: the admissions swing ever wider until evictions set in, and end on the worst "
        r"cycle, which admits once in five steps.",
        "settling",
    )


def losses() -> Figure:
    """Return the loss of the worst cycle over the decode length."""
    lines = zip((0, 20, 200), ("outside", "inside", "mark"), strict=True)
    return Figure(
        Plot(
            tuple(
                Layer("line", tuple((n, _loss(s, n)) for n in range(1, 101)), tone, f"$s = {s}$")
                for s, tone in lines
            ),
            "decode length $l$",
            "loss",
        ),
        r"What the worst cycle loses of the throughput of the equilibrium. It is less than one "
        r"half, whatever the lengths.",
        "losses",
    )


def crossings() -> Figure:
    """Return all crossings of the lengths 3 and 5, share by share."""
    found = {share: _crossings(3, 5, share) for share in (Fraction(k, 40) for k in range(4, 38))}
    last = tuple((values[-1], float(share)) for share, values in found.items())
    others = tuple((values[0], float(share)) for share, values in found.items() if values[1:])
    layers = (
        Layer("line", last, "inside", "last crossing, $s^*$"),
        Layer("line", others, "outside", "another crossing"),
    )
    return Figure(
        Plot(layers, "input length $s$", "share $p$"),
        r"Decode lengths 3 and 5 with the share $p$ of the shorter one: where modes cross the "
        r"circle. Right of the last crossing $s^*$ the mix is stable; a pair of modes is unstable "
        r"between the lines, and two pairs left of both.",
        "crossings",
    )


def spread() -> Figure:
    """Return thresholds of adjacent lengths over the first term of the law."""
    lengths = (2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 14, 17, 20, 25, 30, 40)
    ratios = tuple((n, _crossings(n, n + 1, Fraction(1, 2))[-1] / _first_term(n)) for n in lengths)
    return Figure(
        Plot((Layer("marks", ratios, "inside"),), "$n$", r"$s^*$ over the first term"),
        r"The exact thresholds of the adjacent lengths $n$ and $n + 1$ in equal shares, over the "
        r"first term of the law, $\mu^3 / (2 \pi^2 \sigma^2)$.",
        "spread",
    )


def variance() -> Figure:
    """Return Fano factors of a mix with a threshold and of one without."""
    inputs = (10.3, 10.5, 10.8, 11.2, 11.7, 12.3, 13, 14, 15, 17, 20, 24, 30, 40, 50, 60)
    pairs = zip(((3, 5), (1, 2)), ("outside", "inside"), strict=True)
    layers = tuple(
        Layer("line", tuple((s, _variance(s, a, b)) for s in inputs), tone, f"lengths {a} and {b}")
        for (a, b), tone in pairs
    )
    return Figure(
        Plot(layers, "input length $s$", "$V$"),
        r"The Fano factor $V$ of the admissions for the decode lengths 3 and 5, and 1 and 2, in "
        r"equal shares. Toward the threshold of 3 and 5, $s^* = 9.82$, the variance grows without "
        r"bound.",
        "variance",
    )


def _counted(values: list[float]) -> tuple[tuple[float, float], ...]:
    return tuple((float(k), value) for k, value in enumerate(values))


def _loss(s: int, length: int) -> float:
    return float(worst_cycle_loss(s, length))


def _first_term(n: int) -> float:
    """Return mu^3 / (2 pi^2 sigma^2) for n and n + 1 in equal shares, where sigma^2 = 1/4."""
    return 2 * (n + 0.5) ** 3 / math.pi**2


def _crossings(one: int, other: int, share: Fraction) -> list[float]:
    """Return the inputs at which modes cross, the smallest first."""
    mix = Workload.from_classes([(0, one, share), (0, other, 1 - share)])
    values = (crossing.value for crossing in threshold(mix).crossings)
    return [float(x.low if isinstance(x, RealEnclosure) else x) for x in values]


def _variance(s: float, one: int, other: int) -> float:
    inputs = Fraction(str(s))
    found = fano_factor(Workload.from_classes([(inputs, one, 1), (inputs, other, 1)]))
    return float(found.low if isinstance(found, RealEnclosure) else found)
