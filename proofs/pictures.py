"""The pictures of some results, as points that stabkit computes."""

from __future__ import annotations

from fractions import Fraction

from sympy import Poly, symbols

from stabkit import (
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
from stabkit.theorems.records import Picture, Series

__all__ = ["crossings", "kernel", "losses", "modes", "settling", "spread", "variance"]

_DIGITS = 20


def kernel() -> Picture:
    """Return a kernel of two classes, and the same without growth."""
    mix = Workload.from_classes([(20, 10, 1), (20, 30, 1)])
    held = [float(g) for g in memory_kernel(mix)]
    alive = [held[0] * float(c) for c in survival_polynomial(mix).all_coeffs()]
    return Picture(
        r"The memory kernel of two classes with $s = 20$ and $l = 10, 30$ in equal shares. Without "
        r"growth it would be $g_0 S_m$: what an admission holds rises with its age $m$ as long as "
        r"its requests live.",
        "$m$",
        "tokens per admitted request",
        (Series("$g_m$", "bars", _counted(held)), Series("$g_0 S_m$", "line", _counted(alive))),
    )


def modes() -> Picture:
    """Return the roots of A and of F for decode lengths with the gcd 6."""
    mix = Workload.from_classes([(30, 6, 1), (30, 12, 1)])
    survival = Poly(survival_polynomial(mix), symbols("lambda")).nroots(n=_DIGITS)
    limit = tuple((float(x.as_real_imag()[0]), float(x.as_real_imag()[1])) for x in survival)
    found = tuple((float(x.value.real), float(x.value.imag)) for x in roots(mix))
    return Picture(
        r"Decode lengths 6 and 12 in equal shares, $g = 6$: the roots of the survival polynomial "
        r"$A$, five of them on the unit circle, and the modes, the roots of $F$, for $s = 30$. All "
        r"are pushed outwards by a factor of about $1 + 1 / (s + L)$, and five leave the disc.",
        r"$\operatorname{Re} \lambda$",
        r"$\operatorname{Im} \lambda$",
        (Series("roots of $A$", "rings", limit), Series("modes", "dots", found)),
        circle=True,
    )


def settling() -> Picture:
    """Return a run of one class from next to its equilibrium to the worst cycle."""
    run = simulate("10:5", steps=240, state=[[1, 1, "1.03", 1, 1]])
    return Picture(
        r"One class, $s = 10$ and $l = 5$, from next to its equilibrium of one admission in every "
        r"step: the admissions swing ever wider until evictions set in, and end on the worst "
        r"cycle, which admits once in five steps.",
        "step",
        "admissions",
        (Series("", "line", _counted([float(a) for a in run.admitted])),),
    )


def losses() -> Picture:
    """Return the loss of the worst cycle over the decode length."""
    lengths = (1, 2, 3, 4, 6, 8, 11, 16, 23, 32, 45, 64, 91, 128, 181, 256, 362, 512, 724, 1000)
    return Picture(
        r"What the worst cycle loses of the throughput of the equilibrium. It is less than one "
        r"half, whatever the lengths.",
        "decode length $l$",
        "loss",
        tuple(
            Series(f"$s = {s}$", "line", tuple((n, float(worst_cycle_loss(s, n))) for n in lengths))
            for s in (0, 30, 300)
        ),
        logarithmic="x",
    )


def crossings() -> Picture:
    """Return all crossings of the lengths 3 and 5, share by share."""
    found = {share: _crossings(3, 5, share) for share in (Fraction(k, 40) for k in range(4, 38))}
    last = tuple((values[-1], float(share)) for share, values in found.items())
    others = tuple((values[0], float(share)) for share, values in found.items() if values[1:])
    return Picture(
        r"Decode lengths 3 and 5 with the share $p$ of the shorter one: where modes cross the "
        r"circle. Right of the last crossing $s^*$ the mix is stable; a pair of modes is unstable "
        r"between the lines, and two pairs left of both.",
        "input length $s$",
        "$p$",
        (Series(r"last crossing, $s^*$", "line", last), Series("another", "dashed", others)),
    )


def spread() -> Picture:
    """Return thresholds of adjacent lengths, and the first term of the law."""
    lengths = (2, 3, 4, 6, 8, 11, 16, 23, 32, 45, 64)
    exact = tuple((n, _crossings(n, n + 1, Fraction(1, 2))[-1]) for n in lengths)
    law = tuple((n, 2 * (n + 0.5) ** 3 / 9.8696044) for n in lengths)
    return Picture(
        r"The exact thresholds of the adjacent lengths $n$ and $n + 1$ in equal shares, and the "
        r"first term of the law, $\mu^3 / (2 \pi^2 \sigma^2)$.",
        "$n$",
        "input length",
        (Series("$s^*$", "dots", exact), Series("first term", "line", law)),
        logarithmic="xy",
    )


def variance() -> Picture:
    """Return Fano factors of a mix with a threshold and of one without."""
    inputs = (10, 10.1, 10.3, 10.6, 11, 11.5, 12, 13, 14, 16, 18, 20, 25, 30, 40, 50, 60)
    return Picture(
        r"The Fano factor $V$ of the admissions for the decode lengths 3 and 5, and 1 and 2, in "
        r"equal shares. Toward the threshold of 3 and 5, $s^* = 9.82$, the variance grows without "
        r"bound.",
        "input length $s$",
        "$V$",
        tuple(
            Series(f"{a} and {b}", "line", tuple((s, _variance(s, a, b)) for s in inputs))
            for a, b in ((3, 5), (1, 2))
        ),
        logarithmic="y",
    )


def _counted(values: list[float]) -> tuple[tuple[float, float], ...]:
    return tuple((float(k), value) for k, value in enumerate(values))


def _crossings(one: int, other: int, share: Fraction) -> list[float]:
    """Return the inputs at which modes cross, the smallest first."""
    mix = Workload.from_classes([(0, one, share), (0, other, 1 - share)])
    values = (crossing.value for crossing in threshold(mix).crossings)
    return [float(x.low if isinstance(x, RealEnclosure) else x) for x in values]


def _variance(s: float, one: int, other: int) -> float:
    inputs = Fraction(str(s))
    found = fano_factor(Workload.from_classes([(inputs, one, 1), (inputs, other, 1)]))
    return float(found.low if isinstance(found, RealEnclosure) else found)
