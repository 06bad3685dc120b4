"""Exercises on the gcd of the decode lengths; see `stabkit.exercises.roots`."""

from __future__ import annotations

import math
from fractions import Fraction
from random import Random

from ..model.workload import Workload
from ..spectrum.counting.counts import unit_circle_counts
from ..spectrum.partition.threshold import threshold
from ..spectrum.synchrony.gcd_theorem import gcd_theorem
from ..spectrum.synchrony.renewal_graph import imprimitivity, renewal_graph
from ..spectrum.synchrony.synchrony import synchrony
from .draft import Draft, classes_prose, terms, tex, tokens_reserved

__all__ = ["GCD"]

_LONGEST = 12
_COUPLES = ((2, 3), (2, 5), (3, 4), (3, 5), (4, 5))  # coprime, and without 1


def _in_step(rng: Random, common: bool) -> Workload:
    """Return two classes whose decode lengths have a gcd above 1 that neither of them is."""
    couple, parts = rng.choice(_COUPLES), rng.randint(2, 5)
    g, weight = rng.randint(2, _LONGEST // couple[1]), rng.randint(1, parts - 1)
    s, t = rng.randint(2, 40) * 5, rng.randint(2, 40) * 5
    return Workload.from_classes(
        [(s, g * couple[0], weight), (s if common else t, g * couple[1], parts - weight)]
    )


def _synchronised(rng: Random) -> Draft:
    mix = _in_step(rng, common=True)
    g, folding = synchrony(mix).gcd, mix.classes[0].input_length + mix.longest_decode
    return Draft(
        "synchronised-modes",
        mix,
        f"A server has {classes_prose(mix)}. How many synchronised modes does the gcd of the "
        "decode lengths predict? By R3 they have $|\\lambda| = 1 + \\varepsilon + "
        "O(\\varepsilon^2)$, $\\varepsilon = 1 / (s + L)$ with the longest length $L$: in how many "
        "steps do they grow by a factor of $e$, to first order in $\\varepsilon$?",
        (("synchronised modes", g - 1), ("steps", folding)),
        (
            f"The gcd is $g = {g}$: the roots of $z^g = 1$ but 1 itself, $g - 1 = {g - 1}$ in "
            "number, are roots of $A$.",
            r"In $F$ they move outwards, to a growth of $1 + \varepsilon$, about $e^\varepsilon$, "
            rf"per step: the time is $1 / \varepsilon = s + L = {tex(folding)}$ steps.",
        ),
    )


def _survival(rng: Random) -> Draft:
    mix = _in_step(rng, common=True)
    survivors = tuple(
        sum((c.share for c in mix.classes if c.decode_length > m), Fraction(0))
        for m in range(mix.longest_decode)
    )
    g, orders = mix.gcd, tuple(synchrony(mix).orders)
    product = " ".join(rf"\Phi_{{{d}}}(\lambda)" for d in orders)
    lengths = " and ".join(str(c.decode_length // g) for c in mix.classes)
    return Draft(
        "survival-polynomial",
        mix,
        f"A server has {classes_prose(mix)}. List the coefficients of its survival polynomial "
        r"$A$, leading one first. Which cyclotomic polynomials $\Phi_d$ divide $A$, and how many "
        "of its roots lie on the unit circle?",
        (("coefficients", survivors), ("orders", orders), ("roots on the circle", g - 1)),
        (
            f"$S_m$ is the share of requests with $l_k > m$: ${', '.join(map(tex, survivors))}$.",
            rf"They change only every $g = {g}$ steps, so that $A(\lambda) = (\lambda^{{g - 1}} + "
            rf"\dots + 1) B(\lambda^g)$ with $B(x) = {terms(list(survivors[::g]), 'x')}$.",
            rf"The first factor is ${product}$, with its $g - 1 = {g - 1}$ roots on the circle; "
            f"$B$ belongs to the coprime lengths {lengths}, and has none there (R1).",
        ),
    )


def _first_order(rng: Random) -> Draft:
    mix = _in_step(rng, common=False)
    mean, held = mix.mean_decode_length, tokens_reserved(mix)
    growth = 1 + mean / held
    return Draft(
        "first-order-growth",
        mix,
        f"A server has {classes_prose(mix)}. How many synchronised modes does the gcd of the "
        "decode lengths predict, and what is their modulus to first order by R3b, one Newton step "
        r"from the roots of unity, $1 + \mu / \sum_k p_k l_k (s_k + l_k)$?",
        (("synchronised modes", mix.gcd - 1), ("modulus", growth)),
        (
            f"The gcd is $g = {mix.gcd}$: there are $g - 1 = {mix.gcd - 1}$.",
            rf"$\mu = \sum_k p_k l_k = {tex(mean)}$ and $\sum_k p_k l_k (s_k + l_k) = "
            rf"{tex(held)}$.",
            rf"By R3b the modulus is about $1 + {tex(mean / held)} = {tex(growth)}$, above 1: for "
            "long prompts these modes grow.",
        ),
    )


def _renewal(rng: Random) -> Draft | None:
    g = rng.randint(2, 4)
    lengths = sorted(rng.sample(range(2 * g, _LONGEST + 1, g), rng.choice((2, 3)) if g < 4 else 2))
    mix = Workload.from_classes([(rng.randint(0, 9), n, rng.randint(1, 3)) for n in lengths])
    graph = renewal_graph(lengths)
    period = imprimitivity(graph)
    if period in lengths:
        return None
    stage = rng.randrange(period)
    cohort = tuple(range(stage, mix.longest_decode, period))
    cycles = ", ".join(map(str, lengths))
    return Draft(
        "renewal-graph",
        mix,
        f"A server has {classes_prose(mix)}. Draw its renewal graph: a node for each stage of the "
        "longest life, an edge from each stage to the next, and one from the last stage of each "
        "class back to stage 0. How many edges has it, what is its period, and which stages are "
        f"in step with stage {stage}?",
        (("edges", graph.number_of_edges()), ("period", period), ("stages", cohort)),
        (
            f"$L - 1 = {mix.longest_decode - 1}$ edges go on, {len(lengths)} go back: "
            f"{graph.number_of_edges()}.",
            f"The cycles through stage 0 have the lengths {cycles}, and every cycle passes it: the "
            f"period is their gcd, {period}.",
            f"In step are the stages that differ by a multiple of {period}: "
            f"{', '.join(map(str, cohort))}.",
        ),
        (("stage", stage),),
    )


def _theorem(rng: Random) -> Draft | None:
    g, parts = rng.randint(2, 6), rng.randint(3, 8)
    share = Fraction(rng.randint(1, parts - 1), parts)
    line = threshold(Workload.from_classes([(0, g, share), (0, 2 * g, 1 - share)])).sufficient
    if line is None or line.low != line.high or line.low <= 0:
        return None
    bound = line.low
    s = math.floor(bound) + rng.choice((-1, 0, 1, 2))
    if s < 0 or s == bound:
        return None
    mix = Workload.from_classes([(s, g, share), (s, 2 * g, 1 - share)])
    claim, counts = gcd_theorem(mix).claim, unit_circle_counts(mix, "schur-cohn")
    applies = claim is not None and claim[2] == "R7"
    assert counts.outside is not None
    ratio = (1 - share) / share
    return Draft(
        "gcd-theorem",
        mix,
        f"A server has {classes_prose(mix)}. By the gcd theorem (R7), exactly $g - 1$ modes grow "
        r"if the common input is above $s^\circ = -\frac{g + 1}{2} - g \min_{|w| = 1} "
        r"\operatorname{Re} \frac{w D'(w)}{D(w)}$, where $D(w) = 1 + (1 - p_1) w$ for the lengths "
        r"$g$ and $2 g$. Compute $s^\circ$. Does the theorem apply here, and if so, how many modes "
        "grow?",
        (
            ("bound", bound),
            ("applies", "yes" if applies else "no"),
            *((("growing modes", counts.outside),) if applies else ()),
        ),
        (
            rf"$g = {g}$ and $D(w) = 1 + {tex(1 - share)} w$, so that $\frac{{w D'}}{{D}} = 1 - "
            r"\frac{1}{D}$.",
            rf"For $w = e^{{i \theta}}$ the real part depends on $\cos \theta$ alone, and "
            rf"is monotone. It is least at $w = -1$: $-\frac{{1 - p_1}}{{p_1}} = -{tex(ratio)}$.",
            rf"$s^\circ = -\frac{{{g + 1}}}{{2}} + {g} \cdot {tex(ratio)} = {tex(bound)}$.",
            f"$s = {s}$ is above it: the theorem applies, and ${g} - 1 = {counts.outside}$ modes "
            "grow."
            if applies
            else f"$s = {s}$ is below it: the theorem does not apply, and says nothing.",
        ),
    )


GCD = (_synchronised, _survival, _first_order, _renewal, _theorem)
