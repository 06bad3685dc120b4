"""Many mixes: stabkit's functions of arrays beside a loop over its functions of one mix.

The mixes of two decode lengths l_1 < l_2, a common input s and a share p of l_1 are taken from a
grid of all four. The loop takes a random sample of them, in the same process; its time per mix is
what the ratio is made of, and its answers have to be those of the arrays.
"""

from __future__ import annotations

import random
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from stabkit import (
    BatchedCounts,
    Workload,
    batched_counts,
    batched_fano_factors,
    batched_radii,
    dominant_modes,
    fano_factor,
    unit_circle_counts,
)

__all__ = ["GRIDS", "QUANTITIES", "Batch", "Grid", "cases", "measured_batch"]


@dataclass(frozen=True)
class Grid:
    """Pairs of decode lengths, common inputs, and shares k / parts of the shorter length.

    Attributes
    ----------
    pairs : tuple of (int, int)
    inputs : range
        Tokens.
    parts : int
    """

    pairs: tuple[tuple[int, int], ...]
    inputs: range
    parts: int

    @property
    def size(self) -> int:
        return len(self.pairs) * len(self.inputs) * (self.parts - 1)

    def rows(self) -> tuple[Any, Any]:
        """The inputs and the weights that go with every pair."""
        tokens, k = np.meshgrid(np.array(self.inputs), np.arange(1, self.parts), indexing="ij")
        return tokens.ravel(), np.stack([k.ravel(), self.parts - k.ravel()], axis=1)


_SHORT = tuple((one, other) for other in range(2, 13) for one in range(1, other))
GRIDS = {
    "L up to 12": Grid(_SHORT, range(151), 101),
    "L = 20": Grid(((7, 20), (19, 20)), range(0, 400, 4), 101),
    "L = 60": Grid(((19, 60), (59, 60)), range(0, 80_000, 800), 21),
    "L = 200": Grid(((67, 200), (199, 200)), range(0, 10**6, 25_000), 11),
}
_LONGEST_VALUES = 64  # steps; beyond, radii are those of single mixes and Fano factors are left out


def _counts(mix: Workload) -> tuple[int | None, ...]:
    found = unit_circle_counts(mix)
    return found.inside, found.on_circle, found.outside


def _same_counts(found: Any, row: int, counts: tuple[int, ...]) -> bool:
    return (found.inside[row], found.on_circle[row], found.outside[row]) == counts


def _radius(mix: Workload) -> float:
    return max(float(abs(mode.value)) for mode in dominant_modes(mix, 1))


def _within(found: Any, row: int, value: float | Fraction) -> bool:
    """Whether a value is as near as is proved, a double's rounding aside."""
    return bool(abs(found.values[row] - float(value)) <= found.errors[row] + 1e-15 * float(value))


QUANTITIES: dict[str, tuple[Callable[..., Any], Callable[[Workload], Any], Callable[..., bool]]] = {
    "counts": (batched_counts, _counts, _same_counts),
    "spectral radii": (batched_radii, _radius, _within),
    "Fano factors": (batched_fano_factors, fano_factor, _within),
}


@dataclass(frozen=True)
class Batch:
    """What was measured on a grid.

    Attributes
    ----------
    size : int
    seconds : float
        Of the processor, for all of them and for writing them to a file.
    ratio : float
        What the loop takes per mix over what the arrays take; nan if an answer differs.
    sample : int
        How many mixes the loop took.
    """

    size: int
    seconds: float
    ratio: float
    sample: int


def measured_batch(quantity: str, grid: Grid, sample: int) -> Batch:
    """Take a whole grid, then a sample of it one by one."""
    batched, single, agree = QUANTITIES[quantity]
    inputs, weights = grid.rows()
    start = time.process_time()
    found = [batched(pair, inputs, weights) for pair in grid.pairs]
    _write(found)
    seconds = time.process_time() - start
    taken, same = 0.0, True
    places = [place for n, one in enumerate(found) for place in _answered(n, one)]
    chosen = random.Random(1).sample(places, min(sample, len(places)))
    for pair, row in chosen:
        start = time.process_time()
        classes = zip([int(inputs[row])] * 2, grid.pairs[pair], weights[row].tolist(), strict=True)
        answer = single(Workload.from_classes(list(classes)))
        taken += time.process_time() - start
        same = same and agree(found[pair], row, answer)
    ratio = taken / len(chosen) / (seconds / grid.size) if same else float("nan")
    return Batch(grid.size, seconds, ratio, len(chosen))


def _answered(pair: int, found: Any) -> list[tuple[int, int]]:
    """The rows that have an answer: a mix that is not stable has no Fano factor."""
    answered = found.decided if isinstance(found, BatchedCounts) else found.errors >= 0
    return [(pair, row) for row in np.flatnonzero(answered).tolist()]


def cases() -> list[tuple[str, str]]:
    """What is measured: quantities and grids, by name."""
    return [
        (quantity, name)
        for quantity in QUANTITIES
        for name, grid in GRIDS.items()
        if quantity == "counts" or grid.pairs[-1][1] <= _LONGEST_VALUES
    ]


def _write(found: list[Any]) -> None:
    with tempfile.TemporaryFile() as stream:
        columns = [column for one in found for column in one.columns().values()]
        np.savez(stream, *columns)
