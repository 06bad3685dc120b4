"""The mixes that everything is measured on, and the numbers that an answer is checked against.

`bench_mixes.json` holds classes and the number of unstable modes, on which independent methods
agreed; its note says which. Two mixes are added: a packaged trace of 4 055 decode lengths, stable
by exact Schur-Cohn, by FLINT's isolation and by the winding number; and one of gcd 10^6 and long
inputs, which by R7 has as many unstable modes less one.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from pathlib import Path
from typing import Any

from stabkit import Workload

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
    def weights(self) -> list[tuple[int, int, int]]:
        """(l, D p, D p s) of every class, with their least common denominator D."""
        classes = [
            (c.decode_length, c.share, c.share * c.input_length) for c in self.workload.classes
        ]
        scale = math.lcm(*(number.denominator for _, *pair in classes for number in pair))
        return [(n, int(scale * p), int(scale * held)) for n, p, held in classes]

    @cached_property
    def coefficients(self) -> tuple[int, ...]:
        """Integer coefficients of the characteristic polynomial, descending powers: D g_m.

        By definition, g_m = sum_k p_k (s_k + m + 1) 1{m < l_k}; nothing that is measured is used.
        """
        shares, inputs = [0] * (self.degree + 1), [0] * (self.degree + 1)
        for n, p, held in self.weights:
            shares[n - 1] += p
            inputs[n - 1] += held
        survivors = [list(accumulate(reversed(ended)))[::-1] for ended in (shares, inputs)]
        pairs = zip(*survivors, strict=True)
        return tuple(held + (m + 1) * p for m, (p, held) in enumerate(pairs))

    @cached_property
    def closed_form(self) -> Counter[int]:
        """D (1 - z)^2 G(z) as {exponent: coefficient}, class by class."""
        terms: Counter[int] = Counter()
        for n, p, held in self.weights:
            terms[0] += held + p
            terms[1] -= held
            terms[n] -= held + (n + 1) * p
            terms[n + 1] += held + n * p
        return terms

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
    "h7": _mix("h7", [(10**9, n * 10**6, 1) for n in (3, 7, 10)], 10**6 - 1),
}
