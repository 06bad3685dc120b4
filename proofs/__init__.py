"""The theory of stabkit as records, one module per chapter.

Installed as `stabkit_proofs` and found through the entry-point group ``stabkit.theorems``.
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from stabkit.theorems.records import Theorem

from . import (
    capture,
    cascade,
    certified_starts,
    class_mix,
    every_start,
    evicting_cycles,
    extrema,
    fano_enclosure,
    finite_evictions,
    finite_servers,
    gcd,
    homogeneous,
    input_lines,
    kept_progress,
    late_memory,
    model,
    multiple_roots,
    necklaces,
    no_eviction,
    perturbation,
    pictures,
    policies,
    product_form,
    rate_limit,
    renewal_graph,
    renormalization,
    reservation,
    reserves,
    robust_shares,
    soft_starts,
    stable_inputs,
    state_spaces,
    survival,
    synchronised,
    three_steps,
    thresholds,
    variance_law,
    watermarks,
    worst_cycle,
)

__all__ = ["BADGES", "theorems"]

BADGES = Path(__file__).with_name("badges.json")  # written by scripts/make_theory.py

_CHAPTERS = (
    (
        "The model",
        "The server is followed twice: by its tokens, which balance, and by its past admissions, "
        "which the memory kernel weighs. The kernel's recurrence, its sparse closed form and the "
        "matrix on the numbers of requests by stage are one linear system in three forms, and its "
        "stability is a matter of the roots of one polynomial. Product form, at the end, holds "
        "beyond the linear system: evictions included, a mix of any number of classes is one "
        "sequence of numbers.",
        (model, state_spaces, product_form),
    ),
    (
        "The survival polynomial",
        "Long inputs are the simplest case: what a request holds hardly grows, and the "
        "characteristic polynomial tends to the survival polynomial, which knows only decode "
        "lengths and shares. Its roots are in the closed disc, and those on the circle are roots "
        "of unity, one for each way of falling in step (R1). A finite input pushes them outwards "
        "(R2, R3), so that they decide whether a mix with long inputs is stable (R3a, R3b).",
        (survival, renewal_graph, perturbation, synchronised, multiple_roots),
    ),
    (
        "One decode length",
        "If all requests decode for as many steps, every mode is unstable (R5), and the question "
        "is where the server ends. It ends on a cycle: each composition of the decode length, up "
        "to rotation, is one (R6, R6′), and almost every start falls onto the worst of them, one "
        "cohort that fills the memory alone and completes no less than half of the requests that "
        "the steady state would (R6a, R6b).",
        (homogeneous, worst_cycle, cascade, capture),
    ),
    (
        "Finite inputs",
        "Between the two extremes stand mixes as they are. For them the gcd of the decode lengths "
        "gives the exact number of unstable modes under an explicit condition (R7), and a lower "
        "bound of it under another (R9). Along a line of inputs, modes cross the circle at places "
        "that can be computed exactly (R8), and for lengths that are nearly equal an asymptotic "
        "law says where the last one is. Longer inputs do not always help: a belief of that kind "
        "is refuted here, proved for short lengths, and open for two.",
        (
            gcd,
            late_memory,
            thresholds,
            extrema,
            stable_inputs,
            input_lines,
            robust_shares,
            variance_law,
        ),
    ),
    (
        "Cycles of mixes",
        "What the cycles of one decode length were, synchronised cycles are for mixes: where all "
        "lengths share a divisor, a server that admits only every so often is a smaller server of "
        "the same kind (R10), and there is a cycle for every necklace. Two examples bound what can "
        "be hoped for: a stable steady state that the empty server never reaches (R12), and "
        "evictions that change which classes complete.",
        (renormalization, necklaces, evicting_cycles, class_mix),
    ),
    (
        "Admission policies",
        "The model above admits whatever fits. Other rules are linear too while nothing is "
        "evicted, and each is judged by its own polynomial: a gain that damps, a limit of the "
        "rate, a watermark, memory that is reserved up front. The last two results let evicted "
        "requests keep their progress, which saves the work and not the peace.",
        (policies, rate_limit, reserves, reservation, kept_progress),
    ),
    (
        "Finite servers",
        "A server holds thousands of requests, not a continuum, and draws their lengths by chance. "
        "Chance excites the modes: the variance of the admissions has a closed form (R13), from "
        "which follow the dispersion of what completes (R14) and the size from which on the fluid "
        "is visible (R15). How often chance evicts is answered by numerical evidence with the "
        "exponent of a random walk (R16, R17).",
        (finite_servers, fano_enclosure, finite_evictions, watermarks),
    ),
    (
        "Starts",
        "Stability is local. This chapter asks for the start: which mixes evict from none (R19), "
        "when the first eviction from empty is (R20), how slowly to fill so that there is none "
        "(R21), and how a single run proves that it converges (R22). Long inputs make stability "
        "global (R23), and so do short decode lengths.",
        (no_eviction, soft_starts, certified_starts, every_start, three_steps),
    ),
)


_PICTURES = {
    "kernel": pictures.kernel,
    "R2": pictures.modes,
    "R6a": pictures.settling,
    "worst-cycle": pictures.losses,
    "R8": pictures.crossings,
    "variance-law": pictures.spread,
    "R13": pictures.variance,
}


def theorems() -> tuple[Theorem, ...]:
    """Return all records, in an order in which every `uses` points backwards."""
    badges = json.loads(BADGES.read_text(encoding="utf-8"))
    return tuple(
        replace(
            theorem,
            chapter=title,
            opening=opening,
            picture=_PICTURES.get(theorem.label),
            badge=badges.get(theorem.label, "not checked"),
        )
        for title, opening, modules in _CHAPTERS
        for module in modules
        for theorem in module.THEOREMS
    )
