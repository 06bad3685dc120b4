"""The theory of stabkit as records, one module per chapter.

Installed as `stabkit_proofs` and found through the entry-point group ``stabkit.theorems``.
"""

from __future__ import annotations

from dataclasses import replace

from stabkit.theorems.records import Theorem

from . import (
    cascade,
    evicting_cycles,
    gcd,
    homogeneous,
    model,
    multiple_roots,
    perturbation,
    policies,
    product_form,
    rate_limit,
    renormalization,
    reservation,
    reserves,
    state_spaces,
    survival,
    thresholds,
    variance_law,
    worst_cycle,
)

__all__ = ["theorems"]

_CHAPTERS = (
    ("The model", (model, state_spaces, product_form)),
    ("The survival polynomial", (survival, perturbation, multiple_roots)),
    ("One decode length", (homogeneous, worst_cycle, cascade)),
    ("Finite inputs", (gcd, thresholds, variance_law)),
    ("Cycles of mixes", (renormalization, evicting_cycles)),
    ("Admission policies", (policies, rate_limit, reserves, reservation)),
)


def theorems() -> tuple[Theorem, ...]:
    """Return all records, in an order in which every `uses` points backwards."""
    return tuple(
        replace(theorem, chapter=title)
        for title, modules in _CHAPTERS
        for module in modules
        for theorem in module.THEOREMS
    )
