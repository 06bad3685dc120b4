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
    ("The model", (model, state_spaces, product_form)),
    (
        "The survival polynomial",
        (survival, renewal_graph, perturbation, synchronised, multiple_roots),
    ),
    ("One decode length", (homogeneous, worst_cycle, cascade, capture)),
    (
        "Finite inputs",
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
    ("Cycles of mixes", (renormalization, necklaces, evicting_cycles, class_mix)),
    ("Admission policies", (policies, rate_limit, reserves, reservation, kept_progress)),
    ("Finite servers", (finite_servers, fano_enclosure, finite_evictions, watermarks)),
    ("Starts", (no_eviction, soft_starts, certified_starts, every_start, three_steps)),
)


def theorems() -> tuple[Theorem, ...]:
    """Return all records, in an order in which every `uses` points backwards."""
    badges = json.loads(BADGES.read_text(encoding="utf-8"))
    return tuple(
        replace(theorem, chapter=title, badge=badges.get(theorem.label, "not checked"))
        for title, modules in _CHAPTERS
        for module in modules
        for theorem in module.THEOREMS
    )
