"""What kept progress costs, as text for people and as JSON types."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from ...dynamics.kept_progress import KeptProgress
from ..layout import paragraph
from ..rendering import RECORDS, TEXTS
from .dialect import headed
from .numbers import readable

__all__: list[str] = []

SCHEMA = "stabkit.kept-progress/1"


@RECORDS.writes(KeptProgress)
def _record(found: KeptProgress) -> dict[str, Any]:
    figures = {field.name: getattr(found, field.name) for field in fields(found)[1:]}
    return headed(SCHEMA, found.mix, **figures)


@TEXTS.writes(KeptProgress)
def _text(found: KeptProgress) -> str:
    return paragraph(
        "Where evicted requests keep their tokens, no decode step is lost: the fluid completes a* "
        f"requests per step. It pays in prefill: {readable(found.evictions_per_completion)} "
        f"evictions and {readable(found.recomputed_tokens_per_completion)} tokens prefilled again "
        f"for every request that completes, measured over {found.steps} steps from empty."
    )
