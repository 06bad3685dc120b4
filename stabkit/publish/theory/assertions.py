"""What a fact of a proof says, or takes for granted, as a clause of a sentence."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sympy import Add, And, Eq, Equivalent, Ge, Gt, Lt, Symbol
from sympy.core.relational import Relational

from ...theorems.facts import Holds, Summed
from ...theorems.formulas import formula
from ...theorems.textbook.schema import Zeros

__all__ = ["asserted", "joined"]


def joined(clauses: list[str], separator: str = ", ") -> str:
    """Return clauses as a list in a sentence.

    >>> joined(["one", "two", "three"])
    'one, two and three'
    """
    *others, last = clauses
    return f"{separator.join(others)}{separator.rstrip(', ')} and {last}" if others else last


def asserted(predicate: Any, words: Mapping[Any, str]) -> str:
    """Return a predicate as a clause; `words` has the propositions of the claim.

    >>> from sympy import Eq, symbols
    >>> from stabkit.theorems.textbook.schema import DISC, Zeros
    >>> asserted(Eq(Zeros(symbols("A"), DISC), 0), {})
    '$A$ has no zero with $|z| < 1$'
    """
    if isinstance(predicate, Holds):
        name, *objects = predicate.args
        return _PROPERTIES[str(name)](*(_shown(one, words) for one in objects))
    if isinstance(predicate, Summed):
        whole, term = map(formula, predicate.args)
        return f"${whole}$ is the sum of ${term}$ over the classes"
    if isinstance(predicate, (Eq, Ge)) and predicate.lhs.has(Zeros):
        return _counted(predicate)
    if isinstance(predicate, (Symbol, Relational)):
        return _shown(predicate, words)
    parts = [asserted(part, words) for part in _words_first(predicate.args)]
    return (" if and only if " if isinstance(predicate, Equivalent) else " and ").join(parts)


def _words_first(parts: Any) -> list[Any]:
    return sorted(parts, key=lambda part: not isinstance(part, Symbol))


def _shown(one: Any, words: Mapping[Any, str]) -> str:
    """Return an object: a proposition in words, a number of zeros, or a formula."""
    if one in words:
        return words[one]
    if str(one) in _SAID:
        return _SAID[str(one)]
    if isinstance(one, Zeros):
        return f"the number of zeros of ${formula(one.args[0])}$ with ${_region(one)}$"
    return f"${formula(one)}$"


def _counted(predicate: Any) -> str:
    """Return how many zeros a function has, and where."""
    zeros = [part for part in Add.make_args(predicate.lhs) if isinstance(part, Zeros)]
    function, number = formula(zeros[0].args[0]), predicate.rhs
    where = " or ".join(f"with ${_region(part)}$" for part in zeros)
    if isinstance(number, Zeros):
        return f"${function}$ and ${formula(number.args[0])}$ have equally many zeros {where}"
    if number == 0:
        return f"${function}$ has no zero {where}"
    least = "at least" if isinstance(predicate, Ge) else "exactly"
    many = "one zero" if number == 1 else f"${formula(number)}$ zeros"
    return f"${function}$ has {least} {many} {where}"


def _region(zeros: Zeros) -> str:
    region = zeros.args[1]
    if isinstance(region, And):
        low = next(part for part in region.args if isinstance(part, Gt))
        high = next(part for part in region.args if isinstance(part, Lt))
        return f"{formula(low.rhs)} < {formula(low.lhs)} < {formula(high.rhs)}"
    return formula(region)


def _coefficients(polynomial: str, *values: str) -> str:
    if len(values) == 1:
        return f"the coefficients of {polynomial} are {values[0]}, term by term"
    if values[-1].startswith("$"):
        return f"successive coefficients of {polynomial} are {joined([*values])}"
    return (
        f"the coefficients of {polynomial} are {joined([*values[:-1]])}, and {values[-1]} if and "
        "only if none "
        "of its zeros is in $|z| \\le 1$"
    )


# Propositions that a record hands on without claiming them.
_SAID = {"stable": "every deviation tends to $0$"}
_PROPERTIES: dict[str, Callable[..., str]] = {
    "Bezoutian": lambda f, n, off, on: (
        f"on a subspace of dimension {n} the Bezoutian of {f} has the entries {off} off the "
        f"diagonal and {on} on it"
    ),
    "at least": lambda f, bound, region: f"{f} is at least {bound} on the boundary of {region}",
    "at most": lambda f, bound, region: f"{f} is at most {bound} on the boundary of {region}",
    "coefficients": _coefficients,
    "constant between": lambda zeros, x, crossing: (
        f"{zeros} is constant in {x} between the values {crossing}"
    ),
    "determinants before and after a change of rank one": lambda before, after: (
        f"the determinants before and after the change of rank one are {before} and {after}"
    ),
    "entries": lambda matrix, entry, image: (
        f"the entries of {matrix} are {entry}, and the components of the image {image}"
    ),
    "gcd": lambda divisor, number: f"{divisor} is the gcd of all {number}",
    "leading coefficient": lambda f, value: f"the leading coefficient of {f} is {value}",
    "not zero": lambda value: f"{value} is not 0",
    "poles": lambda f, number: f"{f} has {number} poles inside",
    "real part": lambda f, value: f"the real part of {f} on the circle is at least {value}",
    "real part on arcs": lambda f, value: f"on the arcs it is at least {value}",
    "roots on all edges": lambda f, region: f"the roots of {f} on all edges have {region}",
    "roots on the polytope": lambda f, region: f"its roots on the whole polytope have {region}",
    "roots tend to": lambda f, limit, x: (
        f"the roots of {f} tend to those of {limit} as {x[:-1]} \\to \\infty$"
    ),
    "shrinks to the ray of": lambda matrix, vector: (
        f"the images of the positive cone under the powers of {matrix} shrink to the ray of "
        f"{vector}"
    ),
    "solves": lambda branch, equation: f"{branch} is the one analytic zero of {equation} near 0",
    "value": lambda f, place, value: f"{f} tends to {value} at {place}",
    "vanishes": lambda value, x: f"{value} tends to 0 as {x[:-1]} \\to \\infty$",
}
