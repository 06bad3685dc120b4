"""What the kinds of exercises share: a draft, and how they write mixes and numbers."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal, TypeAlias

from ..model.kernel import MemoryKernel
from ..model.workload import Workload

__all__ = ["Difficulty", "Draft", "Value", "classes_prose", "kernel_of", "tex"]

Difficulty = Literal["easy", "medium", "hard"]
Value: TypeAlias = Fraction | int | str | tuple[int, ...] | tuple[Fraction, ...]


@dataclass(frozen=True)
class Draft:
    """An exercise before it gets its topic and its seed; see `Exercise`."""

    kind: str
    difficulty: Difficulty
    mix: Workload
    question: str
    results: tuple[tuple[str, Value], ...]
    steps: tuple[str, ...]
    given: tuple[tuple[str, Value], ...] = ()


def tex(value: Fraction | int) -> str:
    r"""Return an exact number as LaTeX.

    Examples
    --------
    >>> tex(Fraction(-3, 4)), tex(Fraction(5))
    ('-\\tfrac{3}{4}', '5')
    """
    exact = Fraction(value)
    if exact.denominator == 1:
        return str(exact.numerator)
    sign = "-" if exact < 0 else ""
    return rf"{sign}\tfrac{{{abs(exact.numerator)}}}{{{exact.denominator}}}"


def kernel_of(mix: Workload) -> list[Fraction]:
    """Return the memory kernel g_0, ..., g_(L-1), in tokens."""
    kernel = MemoryKernel.of(mix)
    return [Fraction(g, kernel.denominator) for g in kernel.coefficients]


def classes_prose(mix: Workload) -> str:
    """Return the classes of a mix as prose with mathematics."""
    if len(mix.classes) == 1:
        (one,) = mix.classes
        return (
            f"one class of requests with prompts of $s = {tex(one.input_length)}$ tokens and "
            f"outputs of $l = {one.decode_length}$ tokens"
        )
    parts = [
        f"$(s, l, p) = ({tex(c.input_length)}, {c.decode_length}, {tex(c.share)})$"
        for c in mix.classes
    ]
    return f"the classes {', '.join(parts[:-1])} and {parts[-1]}"
