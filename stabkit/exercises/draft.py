"""What the kinds of exercises share: a draft, when it is no good, and how they write numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from random import Random
from typing import TypeAlias

from ..model.kernel import MemoryKernel
from ..model.workload import Workload
from .drawing import Drawing

__all__ = [
    "Draft",
    "ExerciseKind",
    "Value",
    "classes_prose",
    "divided",
    "gives_away",
    "kernel_of",
    "memory_of",
    "named",
    "server",
    "terms",
    "tex",
    "tokens_held",
    "tokens_reserved",
]

Value: TypeAlias = Fraction | int | str | tuple[int, ...] | tuple[Fraction, ...]


@dataclass(frozen=True)
class Draft:
    """An exercise before it gets its topic, its seed and its difficulty; see `Exercise`."""

    kind: str
    mix: Workload
    question: str
    result: tuple[tuple[str, Value], ...]
    solution: tuple[str, ...]
    given: tuple[tuple[str, Value], ...] = ()
    drawing: Drawing | None = None


# A kind of question draws its numbers; None if these make no exercise.
ExerciseKind: TypeAlias = Callable[[Random], Draft | None]


def gives_away(draft: Draft) -> bool:
    """Tell whether a number that is asked for is among the data of the question."""
    data: set[Value] = {value for _, value in draft.given}
    for one in draft.mix.classes:
        data |= {one.input_length, one.decode_length, one.share}
    if draft.mix.capacity is not None:
        data.add(draft.mix.capacity)
    return any(not isinstance(value, str) and value in data for _, value in draft.result)


def tex(value: Fraction | int) -> str:
    r"""Return an exact number as LaTeX.

    >>> tex(Fraction(-3, 4)), tex(Fraction(5))
    ('-\\tfrac{3}{4}', '5')
    """
    exact = Fraction(value)
    if exact.denominator == 1:
        return str(exact.numerator)
    sign = "-" if exact < 0 else ""
    return rf"{sign}\tfrac{{{abs(exact.numerator)}}}{{{exact.denominator}}}"


def divided(one: Fraction | int, other: Fraction | int) -> str:
    r"""Return a division with its result as LaTeX; the result alone if that is how it looks.

    >>> print(divided(6, 4), "and", divided(3, Fraction(1, 2)), "and", divided(3, 4))
    6 / 4 = \tfrac{3}{2} and 3 / \tfrac{1}{2} = 6 and \tfrac{3}{4}
    """
    result = Fraction(one) / Fraction(other)
    if (result.numerator, result.denominator) == (one, other):
        return tex(result)
    return f"{tex(one)} / {tex(other)} = {tex(result)}"


def terms(coefficients: Sequence[Fraction | int], variable: str = r"\lambda") -> str:
    r"""Return a polynomial as LaTeX, from its coefficients, leading one first.

    >>> print(terms([3, 0, -1, Fraction(1, 2)]))
    3 \lambda^3 - \lambda + \tfrac{1}{2}
    """
    text = ""
    for power, value in zip(range(len(coefficients) - 1, -1, -1), coefficients, strict=True):
        if value == 0:
            continue
        size = abs(Fraction(value))
        letter = ("", variable)[power] if power < 2 else f"{variable}^{power}"
        factor = "" if size == 1 and power else f"{tex(size)} "
        sign = ("-" if value < 0 else "") if not text else (" - " if value < 0 else " + ")
        text += f"{sign}{factor}{letter}".rstrip()
    return text


def named(result: tuple[str, Value]) -> str:
    """Return a part of an answer as prose with mathematics."""
    name, value = result
    if isinstance(value, str):
        return f"{name}: {value}"
    if isinstance(value, tuple):
        return f"{name}: $({', '.join(map(tex, value))})$"
    return f"{name}: ${tex(value)}$"


def kernel_of(mix: Workload) -> list[Fraction]:
    """Return the memory kernel g_0, ..., g_(L-1), in tokens."""
    kernel = MemoryKernel.of(mix)
    return [Fraction(g, kernel.denominator) for g in kernel.coefficients]


def tokens_held(mix: Workload) -> Fraction:
    """Return G(1): the token-steps of an admission over its life."""
    return sum(kernel_of(mix), Fraction(0))


def tokens_reserved(mix: Workload) -> Fraction:
    """Return sum_k p_k l_k (s_k + l_k): the token-steps of an admission that reserves for life."""
    return sum(
        (c.share * c.decode_length * (c.input_length + c.decode_length) for c in mix.classes),
        Fraction(0),
    )


def classes_prose(mix: Workload) -> str:
    """Return the classes of a mix as prose with mathematics."""
    if len(mix.classes) == 1:
        (one,) = mix.classes
        return (
            f"one class of requests with prompts of $s = {tex(one.input_length)}$ tokens and "
            f"outputs of $l = {one.decode_length}$ tokens"
        )
    parts = [f"$({tex(c.input_length)}, {c.decode_length}, {tex(c.share)})$" for c in mix.classes]
    return f"the classes $(s, l, p) =$ {', '.join(parts[:-1])} and {parts[-1]}"


def memory_of(mix: Workload) -> Fraction:
    """Return the capacity of a mix that has one, in tokens."""
    assert mix.capacity is not None
    return mix.capacity


def server(mix: Workload) -> str:
    """Return the beginning of a question: the memory and the classes of a server."""
    return f"A server of $B = {tex(memory_of(mix))}$ tokens has {classes_prose(mix)}"
