"""The four answers to "is the equilibrium stable?"; undecided is one of them, and never another."""

from __future__ import annotations

from typing import Literal

__all__ = ["Verdict"]

Verdict = Literal["stable", "unstable", "marginal", "undecided"]
