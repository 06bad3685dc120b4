"""Variances: the mean of a spectral density over the circle, by the proof that suits the kernel.

Short kernels have exact rational variances (`circle_mean`), longer ones enclosures (`trapezoid`);
where doubles prove nothing there is none, and the reason is said.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Self, TypeAlias

from ...model.enclosure import RealEnclosure
from ...model.kernel import MemoryKernel
from .density import Density

if TYPE_CHECKING:
    from .ball_mean import BallDisc
    from .trapezoid import ZeroFreeDisc

__all__ = ["Variance", "Variances"]

Variance: TypeAlias = Fraction | RealEnclosure

_MOST_EXACT = 200_000  # bits of a kernel times L^2: some hundredths of a second


@dataclass(frozen=True)
class Variances:
    """How the variances of one stable kernel are found: exactly, or from a disc without zeros.

    * `disc`: None where they are exact, or where no disc was found, and so nothing is proved.
    """

    exact: bool
    disc: ZeroFreeDisc | BallDisc | None = None

    @classmethod
    def of(cls, kernel: MemoryKernel) -> Self:
        """Return the way for the kernel of a stable mix."""
        if kernel.length < 3 or kernel.length**2 * _bits(kernel) <= _MOST_EXACT:
            return cls(exact=True)
        return cls(False, _disc(kernel))

    def __call__(self, density: Density) -> Variance | None:
        """Return the mean of a density over the circle, or None where nothing is proved."""
        if self.exact:
            return density.exact_mean()
        return None if self.disc is None else self.disc.mean(density)


def _disc(kernel: MemoryKernel) -> ZeroFreeDisc | BallDisc | None:
    try:
        from .trapezoid import LONGEST_SAMPLED, zero_free_disc
    except ModuleNotFoundError as missing:
        if missing.name != "numpy":
            raise
        from .ball_mean import ball_disc

        return ball_disc(kernel)
    return zero_free_disc(kernel) if kernel.length <= LONGEST_SAMPLED else None


def _bits(kernel: MemoryKernel) -> int:
    return (kernel.total // kernel.length).bit_length()
