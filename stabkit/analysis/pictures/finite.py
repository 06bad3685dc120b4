"""What the picture of a finite server shows: chance and evictions for servers of other sizes too.

A server of twice the memory admits twice as many requests a step, and chance moves their number by
a factor of the root of 2 less: the verdict of the fluid comes out of the noise. How often it evicts
falls with that. So both are shown for memories from a quarter to four times that of the server, by
the formulas of `stabkit.finite_server`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from ..operations.finite import FiniteServer, finite_server
from .run import Floats

__all__ = ["FinitePicture", "finite_picture"]

_SIZES = tuple(Fraction(n, 4) for n in (1, 2, 3, 4, 6, 8, 12, 16))


@dataclass(frozen=True, eq=False)
class FinitePicture:
    """A finite server among larger and smaller ones.

    * `capacities` (ndarray, shape (sizes,)): tokens, ascending; those that hold the largest
      request.
    * `admissions_cv` (ndarray, shape (sizes,)): the coefficient of variation of the admissions of a
      step; nan where it is not known.
    * `evict_probability` (ndarray, shape (sizes,)): of a step to evict; nan outside the domain of
      the formula.
    """

    server: FiniteServer
    capacities: Floats
    admissions_cv: Floats
    evict_probability: Floats

    @property
    def name(self) -> str:
        """That of the workload."""
        return self.server.mix.name


def finite_picture(server: FiniteServer) -> FinitePicture:
    """Return what chance does to a server, and to those of a quarter to four times its memory.

    * `server`: as `stabkit.finite_server` returns it.

    The coefficient of variation falls with the root of the capacity:

    >>> from stabkit import Workload
    >>> mix = Workload.from_classes([(40 + k % 7, k) for k in range(1, 41)], capacity=9_000)
    >>> picture = finite_picture(finite_server(mix))
    >>> round(float(picture.admissions_cv[0] / picture.admissions_cv[-1]), 9)
    4.0
    """
    largest = server.mix.largest_request or 0
    sizes = [B for B in (server.capacity * size for size in _SIZES) if largest <= B]
    every = [_of_size(server, capacity) for capacity in sizes]
    return FinitePicture(
        server,
        np.array([float(capacity) for capacity in sizes]),
        np.array([_known(one.admissions_cv) for one in every]),
        np.array([_known(one.evict_probability) for one in every]),
    )


def _of_size(server: FiniteServer, capacity: Fraction) -> FiniteServer:
    if capacity == server.capacity:
        return server
    return finite_server(server.mix.with_capacity(capacity), server.max_num_seqs)


def _known(value: float | None) -> float:
    return math.nan if value is None else value
