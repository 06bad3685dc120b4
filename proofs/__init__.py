"""The theory of stabkit as records, one module per chapter.

Installed as `stabkit_proofs` and found through the entry-point group ``stabkit.theorems``.
"""

from __future__ import annotations

from stabkit.theorems.records import Theorem

from . import model

__all__ = ["theorems"]

_CHAPTERS = (model,)


def theorems() -> tuple[Theorem, ...]:
    """Return all records, in an order in which every `uses` points backwards."""
    return tuple(theorem for chapter in _CHAPTERS for theorem in chapter.THEOREMS)
