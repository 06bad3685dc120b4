"""Exercises on roots, on the gcd, and on thresholds.

Each function draws small numbers and returns a `Draft`; what it asks is computed by stabkit, with
the steps of a solution by hand beside it.
"""

from __future__ import annotations

import math
from fractions import Fraction
from random import Random

from ..model.workload import Workload
from ..spectrum.counts import unit_circle_counts
from ..spectrum.synchrony import synchrony
from ..spectrum.threshold import threshold
from .exercise_draft import Draft, classes_prose, kernel_of, tex

__all__ = ["GCD", "ROOTS", "THRESHOLD"]


def _single_root(rng: Random) -> Draft:
    s, weight = rng.randint(0, 9), rng.randint(1, 4)
    mix = Workload.from_classes([(s, 1, weight), (s, 2, 5 - weight)])
    g0, g1 = kernel_of(mix)
    root = -g1 / g0
    verdict = unit_circle_counts(mix, "schur-cohn").verdict
    return Draft(
        "single-root",
        "easy",
        mix,
        f"A server has {classes_prose(mix)}. Its characteristic polynomial has one root. Find it, "
        "and the verdict: stable, marginal or unstable.",
        (("root", root), ("verdict", verdict)),
        (
            f"The kernel is $g_0 = s + 1 = {tex(g0)}$ and $g_1 = (1 - p)(s + 2) = {tex(g1)}$, for "
            "only the second class is alive after a step.",
            rf"$F(\lambda) = g_0 \lambda + g_1$ has the root $\lambda = -g_1 / g_0 = {tex(root)}$, "
            f"of modulus {_against_one(abs(root))}: {verdict}.",
        ),
    )


def _against_one(size: Fraction) -> str:
    return "below 1" if size < 1 else "above 1" if size > 1 else "1"


def _annulus(rng: Random) -> Draft:
    s, length = rng.randint(0, 40), rng.randint(3, 12)
    mix = Workload.from_classes([(s, length)])
    low, high = Fraction(s + length, s + length - 1), Fraction(s + 2, s + 1)
    outside = unit_circle_counts(mix, "schur-cohn").outside
    assert outside is not None
    return Draft(
        "annulus",
        "easy",
        mix,
        f"A server has {classes_prose(mix)}. How many modes has it, how many of them grow, and "
        "between which two numbers do all their moduli lie?",
        (("unstable modes", outside), ("lower bound", low), ("upper bound", high)),
        (
            rf"The coefficients of $F$ are ${s + 1}, {s + 2}, \dots, {s + length}$: the degree is "
            f"$l - 1 = {length - 1}$.",
            "They increase. By the theorem of Eneström and Kakeya all roots have moduli between "
            rf"the least and the largest quotient of neighbours, $\frac{{s + l}}{{s + l - 1}} = "
            rf"{tex(low)}$ and $\frac{{s + 2}}{{s + 1}} = {tex(high)}$: all of them grow.",
        ),
    )


def _quadratic(rng: Random) -> Draft:
    first = rng.choice((1, 2))
    weight, s, t = rng.randint(1, 5), rng.randint(0, 12), rng.randint(0, 12)
    mix = Workload.from_classes([(s, first, weight), (t, 3, 6 - weight)])
    g0, g1, g2 = kernel_of(mix)
    counts = unit_circle_counts(mix, "schur-cohn")
    verdict = counts.verdict
    return Draft(
        "quadratic",
        "hard",
        mix,
        f"A server has {classes_prose(mix)}. Write down $F$ and decide whether the equilibrium is "
        r"stable. ($a \lambda^2 + b \lambda + c$ with $a > 0$ has both roots inside of the unit "
        "circle if and only if $|c| < a$ and $|b| < a + c$.)",
        (("coefficients", (g0, g1, g2)), ("verdict", verdict)),
        (
            rf"The kernel is $g_m = \sum_k p_k (s_k + m + 1)$ over the classes with $l_k > m$: "
            rf"$F(\lambda) = {_factor(g0)}\lambda^2 + {_factor(g1)}\lambda + {tex(g2)}$.",
            f"$g_2 {_sign(g2 - g0)} g_0$, and $g_1 {_sign(g1 - g0 - g2)} g_0 + g_2 = "
            f"{tex(g0 + g2)}$: {verdict}.",
        ),
    )


def _factor(value: Fraction) -> str:
    return "" if value == 1 else f"{tex(value)} "


def _sign(difference: Fraction) -> str:
    return "<" if difference < 0 else ">" if difference > 0 else "="


def _synchronised(rng: Random) -> Draft:
    g = rng.randint(2, 6)
    rounds = sorted(rng.choice(((1, 2), (1, 3), (2, 3), (1, 4), (3, 4), (2, 5))))
    s = rng.randint(1, 20) * 5
    mix = Workload.from_classes([(s, g * n) for n in rounds])
    found = synchrony(mix)
    folding = s + mix.longest_decode
    return Draft(
        "synchronised-modes",
        "easy",
        mix,
        f"A server has {classes_prose(mix)}. How many synchronised modes does the gcd predict, and "
        "in how many steps do they grow by a factor of $e$, to first order?",
        (("gcd", found.gcd), ("synchronised modes", found.gcd - 1), ("steps", folding)),
        (
            f"The gcd of the decode lengths is $g = {found.gcd}$: the roots of $z^g = 1$ but 1 "
            f"itself, $g - 1 = {found.gcd - 1}$ in number, are roots of $A$.",
            rf"In $F$ they move to $|\lambda| = 1 + \varepsilon + O(\varepsilon^2)$ with "
            rf"$\varepsilon = 1 / (s + L) = 1 / {folding}$: the time is $s + L = {folding}$ steps.",
        ),
    )


def _survival(rng: Random) -> Draft:
    lengths = sorted(rng.choice(((2, 4), (3, 6), (2, 6), (4, 6), (2, 3), (3, 5), (2, 5), (3, 4))))
    weight = rng.randint(1, 4)
    mix = Workload.from_classes([(10, lengths[0], weight), (10, lengths[1], 5 - weight)])
    survivors = tuple(
        sum((c.share for c in mix.classes if c.decode_length > m), Fraction(0))
        for m in range(mix.longest_decode)
    )
    orders = synchrony(mix).orders
    listed = ", ".join(map(tex, survivors))
    factors = (
        "none: the decode lengths are coprime"
        if not orders
        else "$" + r" \cdot ".join(rf"\Phi_{{{d}}}" for d in orders) + "$"
    )
    return Draft(
        "survival-polynomial",
        "medium",
        mix,
        f"A server has {classes_prose(mix)}. List the coefficients of the survival polynomial, "
        "and say which cyclotomic polynomials divide it.",
        (("coefficients", survivors), ("orders", tuple(orders))),
        (
            f"$S_m$ is the share of requests with $l_k > m$: ${listed}$.",
            rf"$\Phi_d$ divides $A$ for every $d > 1$ that divides $g = {mix.gcd}$: {factors}.",
        ),
    )


def _newton(rng: Random) -> Draft:
    g = rng.randint(2, 5)
    first, second = rng.choice(((1, 2), (1, 3), (2, 3)))
    mix = Workload.from_classes(
        [
            (rng.randint(1, 12) * 10, g * first, rng.randint(1, 3)),
            (rng.randint(1, 9) * 10, g * second),
        ]
    )
    mean = mix.mean_decode_length
    held = sum(
        (c.share * c.decode_length * (c.input_length + c.decode_length) for c in mix.classes),
        Fraction(0),
    )
    growth = 1 + mean / held
    return Draft(
        "newton-step",
        "medium",
        mix,
        f"A server has {classes_prose(mix)}. Estimate the modulus of its synchronised modes by one "
        r"Newton step from the roots of unity, $1 + \mu / \sum_k p_k l_k (s_k + l_k)$.",
        (("gcd", mix.gcd), ("modulus", growth)),
        (
            rf"$\mu = \sum_k p_k l_k = {tex(mean)}$ and $\sum_k p_k l_k (s_k + l_k) = "
            rf"{tex(held)}$.",
            rf"The modulus is about $1 + {tex(mean / held)} = {tex(growth)}$, above 1: with the "
            f"gcd {mix.gcd} the server falls into step.",
        ),
    )


def _two_and_three(rng: Random) -> Draft:
    parts = rng.randint(4, 12)
    weight = rng.choice([w for w in range(1, parts) if not _trivial(Fraction(w, parts))])
    share = Fraction(weight, parts)
    found = _crossing((2, 3), share)
    s = int(found) + rng.randint(0, 2)
    mix = Workload.from_classes([(s, 2, share), (s, 3, 1 - share)])
    verdict = unit_circle_counts(mix, "schur-cohn").verdict
    return Draft(
        "two-and-three",
        "hard",
        mix,
        f"Outputs take 2 steps (share $p = {tex(share)}$) or 3 steps; all prompts have $s$ tokens. "
        "Find the threshold $s^*$ beyond which the equilibrium is stable, and the verdict at "
        f"$s = {s}$.",
        (("threshold", found), ("verdict", verdict)),
        (
            r"$G(z) = (s + 1) + (s + 2) z + (1 - p)(s + 3) z^2$ has no zero in $|z| \le 1$ if and "
            r"only if $\frac{2}{s + 3} < p < \frac{s + 2}{s + 3}$.",
            rf"That is $s > \frac{{2}}{{p}} - 3 = {tex(2 / share - 3)}$ and $s > \frac{{3 p - 2}}"
            rf"{{1 - p}} = {tex((3 * share - 2) / (1 - share))}$. So $s^* = {tex(found)}$, and at "
            f"$s = {s}$ the mix is {verdict}.",
        ),
    )


def _trivial(share: Fraction) -> bool:
    return max(2 / share - 3, (3 * share - 2) / (1 - share)) <= 0


def _crossing(lengths: tuple[int, int], share: Fraction) -> Fraction:
    mix = Workload.from_classes([(0, lengths[0], share), (0, lengths[1], 1 - share)])
    found = threshold(mix).threshold
    assert found is not None
    assert found.exact is not None
    return found.exact


def _one_and_two(rng: Random) -> Draft:
    parts = rng.randint(5, 16)
    share = Fraction(rng.randint(1, (parts - 1) // 2), parts)
    found = _crossing((1, 2), share)
    s = int(found) + rng.randint(0, 2)
    mix = Workload.from_classes([(s, 1, share), (s, 2, 1 - share)])
    verdict = unit_circle_counts(mix, "schur-cohn").verdict
    return Draft(
        "one-and-two",
        "medium",
        mix,
        f"Outputs take 1 step (share $p = {tex(share)}$) or 2 steps; all prompts have $s$ tokens. "
        f"Find the threshold $s^*$, and the verdict at $s = {s}$.",
        (("threshold", found), ("verdict", verdict)),
        (
            r"$F(\lambda) = (s + 1) \lambda + (1 - p)(s + 2)$ has the root $-(1 - p) "
            r"\frac{s + 2}{s + 1}$.",
            rf"It is inside if $(1 - p)(s + 2) < s + 1$, so $s > \frac{{1}}{{p}} - 2 = "
            f"{tex(found)}$. At $s = {s}$ the mix is {verdict}.",
        ),
    )


def _variance_law(rng: Random) -> Draft:
    n, spread, weight = rng.randint(20, 120), rng.choice((1, 1, 2)), rng.randint(1, 5)
    if spread == 2 and n % 2 == 0:
        n += 1
    mix = Workload.from_classes([(0, n, weight), (0, n + spread, 6 - weight)])
    mean = mix.mean_decode_length
    variance = sum((c.share * (c.decode_length - mean) ** 2 for c in mix.classes), Fraction(0))
    return Draft(
        "variance-law",
        "medium",
        mix,
        f"Outputs take {n} steps (share ${tex(mix.classes[0].share)}$) or {n + spread} steps. By "
        r"the first term of the variance law the threshold is $c / (2 \pi^2)$ tokens. Compute "
        r"$\mu$, $\sigma^2$ and $c = \mu^3 / \sigma^2$."
        + (" Would you trust it here?" if spread == 2 else ""),
        (("mean", mean), ("variance", variance), ("c", mean**3 / variance)),
        (
            rf"$\mu = {tex(mean)}$ and $\sigma^2 = p (1 - p) \cdot {spread**2} = {tex(variance)}$.",
            rf"$c = {tex(mean**3 / variance)}$, so that $s^*$ is about "
            f"{float(mean**3 / variance) / (2 * math.pi**2):.0f} tokens."
            + (
                " But the lengths differ by 2, so that they nearly share the rhythm 2: the "
                "threshold is about four times as large."
                if spread == 2
                else ""
            ),
        ),
    )


ROOTS = (_single_root, _annulus, _quadratic)
GCD = (_synchronised, _survival, _newton)
THRESHOLD = (_two_and_three, _one_and_two, _variance_law)
