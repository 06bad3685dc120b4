"""Symbolic workloads: input lengths, shares and, for the closed form, decode lengths as symbols.

A symbolic workload makes an identity such as F = (s + L) A - lambda A' (R2) provable once for all
inputs and shares, instead of checkable mix by mix. Two symbols are taken: `LAMBDA`, the variable of
the characteristic polynomial, and `Z`, that of the generating function, z = 1/lambda.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sympy import (
    Expr,
    Float,
    I,
    Integer,
    Rational,
    Symbol,
    default_sort_key,
    expand,
    nan,
    oo,
    simplify,
    zoo,
)

from ..errors import InvalidWorkload, WorkloadTypeError, shown
from ..records import Record
from .numbers import LARGEST_DECODE_LENGTH, exact_integer, exact_rational, is_listed
from .workload import Workload

__all__ = ["LAMBDA", "SymbolicClass", "SymbolicWorkload", "Z"]

LAMBDA = Symbol("lambda")
Z = Symbol("z")


@dataclass(frozen=True, slots=True)
class SymbolicClass:
    """One class of requests, each number a sympy expression; see `RequestClass`."""

    input_length: Expr
    decode_length: Expr
    share: Expr


@dataclass(frozen=True, repr=False)
class SymbolicWorkload(Record):
    """A mix of request classes with symbols in it.

    Build one with `from_classes`, which validates.

    Attributes
    ----------
    classes : tuple of SymbolicClass
        In the order given.

    Examples
    --------
    >>> from sympy import symbols
    >>> s, p = symbols("s p", positive=True)
    >>> mix = SymbolicWorkload.from_classes([(s, 2, p), (s, 3, 1 - p)])
    >>> mix.decode_lengths, mix.common_input_length
    ((2, 3), s)
    """

    classes: tuple[SymbolicClass, ...]

    @classmethod
    def from_classes(cls, classes: Iterable[Sequence[object]]) -> SymbolicWorkload:
        """Return the symbolic workload of the given classes.

        Parameters
        ----------
        classes : iterable of (input_length, decode_length, share)
            Each a sympy expression or any number form of `exact_rational`; text is a number, never
            parsed as an expression. The shares must sum to 1 identically.

        Raises
        ------
        InvalidWorkload
            If there is no class, an entry is inexact, not finite or out of its domain, or the
            shares do not sum to 1.

        Notes
        -----
        The signs of symbols are not checked: identities in them hold for all values.
        """
        if not is_listed(classes):
            raise WorkloadTypeError(
                f"'classes' must be a list of (input, decode, share), not {shown(classes)}."
            )
        mix = tuple(_read_class(entry, n) for n, entry in enumerate(classes, start=1))
        if not mix:
            raise InvalidWorkload("'classes' must hold at least one class, not none.")
        total = sum((c.share for c in mix), Integer(0))
        if expand(total - 1) != 0 and simplify(total - 1) != 0:
            raise InvalidWorkload(f"the shares must sum to 1 identically, not {shown(total)}.")
        return cls(mix)

    @classmethod
    def shape_of(cls, mix: Workload) -> SymbolicWorkload:
        """Return the decode lengths of `mix` with free inputs and shares.

        The input is s if all classes have the same one, else s_1, ..., s_K; the shares are p and
        1 - p for two classes, and p_1, ..., p_(K-1) and what is left for more.

        Examples
        --------
        >>> from stabkit import Workload
        >>> shape = SymbolicWorkload.shape_of(Workload.from_classes([(5, 3), (5, 5)]))
        >>> shape.symbols
        (p, s)
        """
        count = len(mix.classes)
        common = mix.common_input_length is not None
        inputs = [Symbol("s" if common else f"s_{k}") for k in range(1, count + 1)]
        free = [Symbol("p" if count == 2 else f"p_{k}") for k in range(1, count)]
        shares = [*free, 1 - sum(free, Integer(0))]
        lengths = (c.decode_length for c in mix.classes)
        return cls.from_classes(zip(inputs, lengths, shares, strict=True))

    @property
    def decode_lengths(self) -> tuple[int, ...]:
        """The decode lengths, in steps, in the order of the classes.

        Raises
        ------
        InvalidWorkload
            If one of them is a symbol: polynomials and matrices need their size.
        """
        for position, c in enumerate(self.classes, start=1):
            if not c.decode_length.is_Integer:
                raise InvalidWorkload(
                    f"'decode_length' of class {position} must be an integer here, "
                    f"not {shown(c.decode_length)}; only closed_form takes symbolic lengths."
                )
        return tuple(int(c.decode_length) for c in self.classes)

    @property
    def longest_decode(self) -> int:
        """The longest decode length L, in steps."""
        return max(self.decode_lengths)

    @property
    def common_input_length(self) -> Expr | None:
        """The input length s if all classes have the same one identically, else None."""
        first = self.classes[0].input_length
        same = all(simplify(c.input_length - first) == 0 for c in self.classes)
        return first if same else None

    @property
    def symbols(self) -> tuple[Symbol, ...]:
        """The free symbols of inputs and shares, by name."""
        expressions = [e for c in self.classes for e in (c.input_length, c.share)]
        found = set().union(*(e.free_symbols for e in expressions))
        return tuple(sorted(found, key=default_sort_key))


def _read_class(entry: Any, position: int) -> SymbolicClass:
    if isinstance(entry, (str, bytes)) or not isinstance(entry, Sequence) or len(entry) != 3:
        raise InvalidWorkload(
            f"class {position} must be (input, decode, share), not {shown(entry)}."
        )
    source = f"of class {position}"
    s = _expression(entry[0], f"'input_length' {source}")
    length = _length(entry[1], f"'decode_length' {source}")
    share = _expression(entry[2], f"'share' {source}")
    if s.is_negative:
        raise InvalidWorkload(f"'input_length' {source} must be at least 0, not {shown(s)}.")
    if share.is_nonpositive:
        raise InvalidWorkload(f"'share' {source} must be positive, not {shown(share)}.")
    return SymbolicClass(s, length, share)


def _expression(value: Any, name: str) -> Expr:
    """Return `value` as an exact, finite expression without the two symbols that are taken."""
    if not isinstance(value, Expr) or value.is_Rational:
        number = exact_rational(value, name)
        return Rational(number.numerator, number.denominator)
    if not value.is_commutative or value.has(Float, I, nan, oo, -oo, zoo):
        raise InvalidWorkload(f"{name} must be real, exact and finite, not {shown(value)}.")
    if value.has(LAMBDA, Z):
        raise InvalidWorkload(
            f"{name} must be free of the symbols lambda and z, not {shown(value)}."
        )
    return value


def _length(value: Any, name: str) -> Expr:
    if isinstance(value, Expr) and not value.is_number:
        length = _expression(value, name)
        if length.is_integer is False or length.is_nonpositive:
            raise InvalidWorkload(f"{name} must be a positive integer, not {shown(value)}.")
        return length
    steps = exact_integer(value, name)
    if not 1 <= steps <= LARGEST_DECODE_LENGTH:
        raise InvalidWorkload(f"{name} must be between 1 and 10^9 steps, not {shown(value)}.")
    return Integer(steps)
