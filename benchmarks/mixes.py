"""The mixes that everything is measured on, and the numbers that an answer is checked against.

`bench_mixes.json` holds classes and the number of unstable modes, on which independent methods
agreed; its note says which. One mix is added: a packaged trace of 4 055 decode lengths, stable by
exact Schur-Cohn, by FLINT's isolation and by the winding number.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from stabkit import Workload
from stabkit.model.kernel import MemoryKernel

__all__ = ["MIXES", "Mix"]


@dataclass(frozen=True)
class Mix:
    """A workload whose number of unstable modes is known.

    Attributes
    ----------
    name : str
    workload : Workload
    unstable_modes : int
        The roots of the characteristic polynomial outside the unit circle.
    """

    name: str
    workload: Workload
    unstable_modes: int

    @property
    def degree(self) -> int:
        """The degree L - 1 of the characteristic polynomial."""
        return self.workload.longest_decode - 1

    @cached_property
    def kernel(self) -> MemoryKernel:
        return MemoryKernel.of(self.workload)

    @property
    def coefficients(self) -> tuple[int, ...]:
        """Integer coefficients of the characteristic polynomial, descending powers."""
        return self.kernel.coefficients

    def __str__(self) -> str:
        return self.name


def _mix(name: str, classes: Iterable[Iterable[Any]], unstable_modes: int) -> Mix:
    return Mix(name, Workload.from_classes(tuple(c) for c in classes), unstable_modes)


def _read(path: Path) -> dict[str, Mix]:
    records = json.loads(path.read_text())["mixes"]
    mixes = {name: _mix(name, r["classes"], r["unstable_modes"]) for name, r in records.items()}
    for name, mix in mixes.items():
        if mix.degree != records[name]["degree"]:
            raise ValueError(f"the degree of mix {name} is {mix.degree}, not as the file says")
    return mixes


MIXES = {
    **_read(Path(__file__).with_name("bench_mixes.json")),
    "arxiv": Mix("arxiv", Workload.named("arxiv-summarization"), 0),
}
