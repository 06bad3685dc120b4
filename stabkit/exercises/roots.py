"""Exercises on the roots of the characteristic polynomial.

Each function draws small numbers and returns a `Draft`; what it asks is computed by stabkit, with
the steps of a solution by hand beside it. So do `exercise_gcd`, `exercise_thresholds`,
`exercise_cycles` and `exercise_policies`.
"""

from __future__ import annotations

import cmath
import math
from fractions import Fraction
from random import Random

from ..model.workload import Workload
from ..spectrum.counting.counts import unit_circle_counts
from ..spectrum.counting.schur_cohn import SchurCohnStep, schur_cohn_steps
from .draft import Draft, classes_prose, kernel_of, terms, tex
from .drawing import circle

__all__ = ["ROOTS"]

_LARGEST = 150  # coefficients of a recursion by hand


def _single_root(rng: Random) -> Draft:
    parts, first, second = rng.randint(3, 8), rng.randint(0, 9), rng.randint(0, 9)
    weight = rng.randint(1, parts - 1)
    mix = Workload.from_classes([(first, 1, weight), (second, 2, parts - weight)])
    g0, g1 = kernel_of(mix)
    root = -g1 / g0
    verdict = unit_circle_counts(mix, "schur-cohn").verdict
    return Draft(
        "single-root",
        mix,
        f"A server has {classes_prose(mix)}. Its characteristic polynomial has one root. Find it, "
        "and the verdict: stable, marginal or unstable.",
        (("root", root), ("verdict", verdict)),
        (
            rf"Both classes are there at first, only the second one after a step: $g_0 = \sum_k "
            rf"p_k (s_k + 1) = {tex(g0)}$ and $g_1 = p_2 (s_2 + 2) = {tex(g1)}$.",
            rf"$F(\lambda) = g_0 \lambda + g_1$ has the root $\lambda = -g_1 / g_0 = {tex(root)}$, "
            f"of modulus {_against_one(-root)}: {verdict}.",
        ),
        drawing=circle([complex(root)]),
    )


def _against_one(size: Fraction) -> str:
    return "below 1" if size < 1 else "above 1" if size > 1 else "1"


def _annulus(rng: Random) -> Draft:
    s, length = rng.randint(0, 40), rng.randint(3, 12)
    mix = Workload.from_classes([(s, length)])
    g = [tex(x) for x in kernel_of(mix)]
    low, high = Fraction(s + length, s + length - 1), Fraction(s + 2, s + 1)
    outside = unit_circle_counts(mix, "schur-cohn").outside
    assert outside is not None
    listed = ", ".join(g) if length < 5 else rf"{g[0]}, {g[1]}, \dots, {g[-1]}"
    return Draft(
        "annulus",
        mix,
        f"A server has {classes_prose(mix)}. How many of its modes grow, and between which two "
        "numbers do their moduli lie, by the theorem of Eneström and Kakeya?",
        (("growing modes", outside), ("at least", low), ("at most", high)),
        (
            rf"The coefficients of $F$ are ${listed}$: the degree is $l - 1 = {length - 1}$, and "
            "they increase, so that all roots are outside of the unit circle.",
            "Their moduli lie between the least and the largest quotient of neighbours, "
            rf"$\frac{{s + l}}{{s + l - 1}} = {tex(low)}$ and $\frac{{s + 2}}{{s + 1}} = "
            f"{tex(high)}$.",
        ),
    )


def _quadratic(rng: Random) -> Draft | None:
    parts, first = rng.randint(2, 6), rng.choice((1, 2))
    weight, s, t = rng.randint(1, parts - 1), rng.randint(0, 9), rng.randint(0, 9)
    mix = Workload.from_classes([(s, first, weight), (t, 3, parts - weight)])
    g0, g1, g2 = kernel_of(mix)
    middle = -g1 / (2 * g0)
    under = middle**2 - g2 / g0
    if under == 0:
        return None  # a double root
    verdict = unit_circle_counts(mix, "schur-cohn").verdict
    return Draft(
        "quadratic",
        mix,
        f"A server has {classes_prose(mix)}. Its characteristic polynomial has the roots "
        r"$\lambda = c \pm \sqrt{d}$. Find $c$ and $d$, and the verdict: stable, marginal or "
        "unstable.",
        (("c", middle), ("d", under), ("verdict", verdict)),
        (
            rf"The kernel is $g_m = \sum_k p_k (s_k + m + 1)$ over the classes with $l_k > m$: "
            rf"$F(\lambda) = {terms([g0, g1, g2])}$.",
            rf"Divide by $g_0$ and complete the square: $c = -g_1 / (2 g_0) = {tex(middle)}$ and "
            rf"$d = c^2 - g_2 / g_0 = {tex(under)}$.",
            f"{_largest_root(middle, under)}: {verdict}.",
        ),
        drawing=circle(complex(middle) + sign * cmath.sqrt(under) for sign in (1, -1)),
    )


def _largest_root(middle: Fraction, under: Fraction) -> str:
    """Compare the larger modulus of c +- sqrt(d) with 1, where c < 0."""
    if under < 0:
        square = tex(middle**2 - under)
        return rf"The roots are conjugate, with $|\lambda|^2 = c^2 - d = g_2 / g_0 = {square}$"
    if middle <= -1:
        return r"The roots are real, and $c - \sqrt{d} < c \le -1$"
    room = (1 + middle) ** 2
    sign, side = ("<", "above") if under < room else (">", "below") if under > room else ("=", "at")
    return (
        rf"The roots are real, $c - \sqrt{{d}}$ has the larger modulus, and $d {sign} (1 + c)^2 = "
        rf"{tex(room)}$ puts it {side} $-1$"
    )


def _root_count(rng: Random) -> Draft | None:
    first, parts = rng.randint(1, 3), rng.randint(2, 4)
    weight = rng.randint(1, parts - 1)
    mix = Workload.from_classes(
        [(rng.randint(0, 6), first, weight), (rng.randint(0, 6), 4, parts - weight)]
    )
    counts, g = unit_circle_counts(mix, "schur-cohn"), kernel_of(mix)
    common = math.lcm(*(x.denominator for x in g))
    try:
        steps = list(schur_cohn_steps([int(x * common) for x in reversed(g)]))
    except ArithmeticError:
        return None  # a factor in common with its reverse
    if any(step.singular for step in steps):
        return None
    if max(abs(x) for step in steps for x in step.coefficients) > _LARGEST:
        return None
    assert counts.inside is not None
    assert counts.outside is not None
    whole = terms(_descending(steps[0]))
    return Draft(
        "root-count",
        mix,
        f"A server has {classes_prose(mix)}. Count the roots of its characteristic polynomial "
        "$F$ inside and outside of the unit circle. (Schur and Cohn: let "
        r"$P = a \lambda^n + \dots + c$ with $|a| \ne |c|$ and $T = "
        "(a P - c P^*) / \\lambda$, where $P^*$ is $P$ with its coefficients reversed. If $|a| > "
        "|c|$ then $N(P) = N(T) + 1$ roots of $P$ are inside, otherwise $N(P) = n - 1 - N(T)$.)",
        (("inside", counts.inside), ("outside", counts.outside)),
        (
            rf"$F(\lambda) = {terms(g)}$"
            + (f"; without denominators, and common factors, ${whole}$." if common > 1 else "."),
            *map(_transform, steps, steps[1:]),
            f"${terms(_descending(steps[-1]))}$ has {int(steps[-1].expanding)} inside. Upwards, "
            f"the degrees 1, 2 and 3 have {_upwards(steps)}: {counts.inside} inside, "
            f"{counts.outside} outside.",
        ),
    )


def _descending(step: SchurCohnStep) -> list[int]:
    return list(reversed(step.coefficients))


def _transform(before: SchurCohnStep, after: SchurCohnStep) -> str:
    rule = "N(T) + 1" if before.expanding else f"{before.degree_after} - N(T)"
    return (
        f"$a = {before.coefficients[-1]}$ and $c = {before.coefficients[0]}$: $N(P) = {rule}$ with "
        f"$T = {terms(_descending(after))}$, up to a positive factor."
    )


def _upwards(steps: list[SchurCohnStep]) -> str:
    counts = [int(steps[-1].expanding)]
    for step in reversed(steps[:-1]):
        counts.append(counts[-1] + 1 if step.expanding else step.degree_after - counts[-1])
    return ", ".join(map(str, counts))


ROOTS = (_single_root, _annulus, _quadratic, _root_count)
