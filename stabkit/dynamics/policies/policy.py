"""What a policy is: a name, parameters, a rule, and, where it is linear, its closed loop."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import Field, dataclass, field, fields, is_dataclass
from fractions import Fraction
from numbers import Rational
from typing import Any, Protocol, TypeVar

from ...errors import InvalidArgument, shown
from ...model.kernel import MemoryKernel
from ...model.numbers import exact_rational, rational_argument
from ...model.workload import Workload
from ...records import Record

__all__ = [
    "LinearPolicy",
    "MemoryView",
    "NotLinear",
    "Policy",
    "RationalParameters",
    "fields_of",
    "in_floats",
    "parameter",
    "parameters_of",
    "rational_fields",
]


class MemoryView:
    """What a policy sees, after a step has executed and before anything is admitted.

    All in tokens, and in the arithmetic of the run (Fractions, floats or integers).

    Attributes
    ----------
    capacity : number
        B.
    used : number
        What the survivors need in their next execution; at most B where a policy is asked.
    per_request : number
        sum_k p_k (s_k + 1): what an admission takes at once, per request.
    lifetime_per_request : number
        sum_k p_k (s_k + l_k): the most that a request takes, on the mean.

    Examples
    --------
    >>> from stabkit import Damped, MemoryView
    >>> memory = MemoryView(140, 3, 4, reserved=lambda: 100)
    >>> memory.used = 80
    >>> memory.free, memory.reserved, Damped("1/2").admissions(memory)
    (60, 100, Fraction(10, 1))
    """

    __slots__ = ("_reserved", "capacity", "lifetime_per_request", "per_request", "used")

    def __init__(
        self,
        capacity: Fraction | float,
        per_request: Fraction | float,
        lifetime_per_request: Fraction | float,
        reserved: Callable[[], Fraction | float],
    ) -> None:
        self.capacity: Any = capacity
        self.used: Any = 0
        self.per_request: Any = per_request
        self.lifetime_per_request: Any = lifetime_per_request
        self._reserved = reserved

    @property
    def free(self) -> Any:
        """B - used."""
        return self.capacity - self.used

    @property
    def reserved(self) -> Any:
        """The sum of s_k + l_k over the survivors: what they need at most, O(L) to compute."""
        return self._reserved()


class Policy(Protocol):
    """What the simulator needs to know of an admission policy.

    A policy may also have `label`, the template of its name in tables, filled with its parameters
    (``"headroom {watermark:%}"``); `remark`, a sentence for reports that show it;
    `scheduler_options`, what `stabkit.simulate_requests` takes to admit whole requests by the same
    rule; and `closed_loop`, as a `LinearPolicy` has.
    """

    @property
    def name(self) -> str:
        """How the policy is called on the command line and in reports."""

    def admissions(self, memory: MemoryView) -> Any:
        """Return the requests to admit, at least 0, in the arithmetic of `memory`."""


@dataclass(frozen=True, repr=False)
class NotLinear(Record):
    """The closed loop of a policy that has no characteristic polynomial.

    Parameters
    ----------
    reason : str
        Why it has none, a clause.

    Examples
    --------
    >>> from stabkit import NotLinear, closed_loop
    >>> class Whole:
    ...     name = "whole"
    ...
    ...     def admissions(self, memory):
    ...         return memory.free // memory.per_request
    ...
    ...     def closed_loop(self, mix):
    ...         return NotLinear("it admits whole requests")
    >>> closed_loop("10:5", Whole()).reason
    'it admits whole requests'
    """

    reason: str = "not known to be linear near an equilibrium"


class LinearPolicy(Policy, Protocol):
    """A policy whose admissions are linear in the state near an equilibrium."""

    def closed_loop(self, mix: Workload) -> MemoryKernel | NotLinear:
        """Return the kernel c, up to a factor, of sum_m c_m a(n - m) = constant.

        That is the recurrence of the admissions a(n) near the equilibrium.
        """


def parameter(
    default: object,
    valid: Callable[[Fraction], bool],
    domain: str,
    symbol: str,
    values: Callable[[Workload], Iterable[object]] | None = None,
) -> Any:
    """Return a field of `RationalParameters`.

    Parameters
    ----------
    default : number
        ``dataclasses.MISSING`` where there is none.
    valid : callable
        Whether a rational is in the domain.
    domain : str
        The domain in words, as in "'gain' must be above 0 and at most 1, not 2."
    symbol : str
        Its letter in formulas, as LaTeX.
    values : callable, optional
        What `policy_sweep` tries on a workload, in units of a* if `over_equilibrium` takes it in
        them; by default the twentieths from 0 to 1 that are in the domain.

    Returns
    -------
    dataclasses.Field

    Examples
    --------
    >>> from dataclasses import dataclass
    >>> from stabkit import RationalParameters, parameter
    >>> @dataclass(frozen=True)
    ... class Cautious(RationalParameters):
    ...     gain: object = parameter("1/2", lambda gain: 0 < gain <= 1, "above 0 and up to 1", "k")
    >>> Cautious().gain
    Fraction(1, 2)
    """
    metadata = {"valid": valid, "domain": domain, "symbol": symbol, "values": values}
    return field(default=default, metadata=metadata)


class RationalParameters:
    """The base of a frozen dataclass of rationals, given in any form, each in its domain.

    Raises
    ------
    InvalidArgument
        If a field is no rational, or is outside the domain that its `parameter` has.

    Notes
    -----
    A run in floats rounds the fields of `parameter` once, before it starts.

    Examples
    --------
    >>> from dataclasses import dataclass
    >>> from stabkit import RationalParameters, parameter
    >>> @dataclass(frozen=True)
    ... class Cautious(RationalParameters):
    ...     gain: object = parameter("1/2", lambda gain: 0 < gain <= 1, "above 0 and up to 1", "k")
    >>> Cautious("0.1").gain
    Fraction(1, 10)
    >>> Cautious(2)
    Traceback (most recent call last):
        ...
    stabkit.errors.InvalidArgument: 'gain' must be above 0 and up to 1, not 2.
    """

    def __post_init__(self) -> None:
        for one in fields(self):  # type: ignore[arg-type]
            given = getattr(self, one.name)
            value = rational_argument(given, f"'{one.name}'")
            if one.metadata and not one.metadata["valid"](value):
                domain = one.metadata["domain"]
                raise InvalidArgument(f"'{one.name}' must be {domain}, not {shown(given)}.")
            object.__setattr__(self, one.name, value)


def rational_fields(policy: Policy) -> Iterator[tuple[Field[Any], Fraction]]:
    """Yield the parameters of a policy: the fields of a dataclass that are Fractions."""
    for one in fields_of(policy):
        if isinstance(value := getattr(policy, one.name), Fraction):
            yield one, value


def fields_of(policy: Any) -> tuple[Field[Any], ...]:
    """Return the fields of a policy, or of its class, if it is a dataclass."""
    return fields(policy) if is_dataclass(policy) else ()


def parameters_of(policy: Policy, mix: Workload) -> dict[str, Fraction]:
    """Return the parameters of a policy by name, as reports show them.

    They are what its own `parameters` says of them on `mix`, such as a rate in units of a*, or
    else the fields of a dataclass that are numbers.
    """
    own = getattr(policy, "parameters", None)
    if callable(own):
        return dict(own(mix))
    named = {one.name: getattr(policy, one.name) for one in fields_of(policy)}
    return {name: exact_rational(x, f"'{name}'") for name, x in named.items() if _is_number(x)}


def _is_number(value: Any) -> bool:
    if isinstance(value, float):
        return math.isfinite(value)
    return isinstance(value, Rational) and not isinstance(value, bool)


AnyPolicy = TypeVar("AnyPolicy", bound=Policy)


def in_floats(policy: AnyPolicy) -> AnyPolicy:
    """Return the policy with its fields of `parameter` rounded to floats, for a run in floats."""
    rounded = {one.name: float(value) for one, value in rational_fields(policy) if one.metadata}
    if not rounded:
        return policy
    approximate = copy.copy(policy)
    for name, value in rounded.items():
        object.__setattr__(approximate, name, value)
    return approximate
