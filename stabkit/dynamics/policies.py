"""Admission policies: how many requests a server admits when its memory has room.

After a step has executed, a policy sees the memory (`MemoryView`) and answers with a number of
requests, which split over the classes by their shares. It is asked only where the survivors fit
into the capacity B: above, the server evicts, whatever its policy.

==================== =================================================== ==========================
policy               admits                                              idealises
==================== =================================================== ==========================
`Greedy`             all that fits                                       the model itself
`Damped` (gain)      the fraction `gain` of that                         a cautious ratio of tokens
`Headroom` (η)       all that fits into (1 - η) B                        a watermark
`RateLimited` (r)    all that fits, r per step at most                   admission control
`Reservation`        what fits for life: s_k + l_k tokens a request      a guarantee of no eviction
==================== =================================================== ==========================

*A policy of one's own* is any object with a `name` and an `admissions`:

>>> class Halving:
...     '''Admit half of what fits, but nothing into the last tenth of the memory.'''
...     name = "halving"
...
...     def admissions(self, memory):
...         room = memory.capacity * 9 / 10 - memory.used
...         return max(room, 0) / memory.per_request / 2
>>> from stabkit import Workload, simulate
>>> run = simulate(Workload.from_classes([(10, 5)], capacity=650), 2000, policy=Halving())
>>> run.policy, bool(run.evicted.any())
('halving', False)

References
----------
docs/model.md, Model, Policies.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from fractions import Fraction
from typing import Any, ClassVar, Protocol, TypeVar

from ..errors import InvalidArgument, InvalidWorkload, shown
from ..model.kernel import MemoryKernel
from ..model.numbers import exact_rational
from ..model.workload import Workload
from .capacity import equilibrium_admissions, simulated_capacity

__all__ = [
    "GREEDY",
    "Damped",
    "Greedy",
    "Headroom",
    "LinearPolicy",
    "MemoryView",
    "Policy",
    "RateLimited",
    "Reservation",
    "in_floats",
    "policy_named",
]


LARGEST_RATE = 10**18  # the largest capacity: no server admits more in a step


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
    """

    __slots__ = ("_reserved", "capacity", "lifetime_per_request", "per_request", "used")

    def __init__(
        self,
        capacity: Any,
        per_request: Any,
        lifetime_per_request: Any,
        reserved: Callable[[], Any],
    ) -> None:
        self.capacity = capacity
        self.used: Any = 0
        self.per_request = per_request
        self.lifetime_per_request = lifetime_per_request
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
    """What the simulator needs to know of an admission policy."""

    @property
    def name(self) -> str:
        """How the policy is called on the command line and in reports."""

    def admissions(self, memory: MemoryView) -> Any:
        """Return the requests to admit, at least 0, in the arithmetic of `memory`."""


class LinearPolicy(Policy, Protocol):
    """A policy with an equilibrium of its own, near which it is linear in the state."""

    def equilibrium(self, mix: Workload) -> Fraction:
        """Return its admissions at the eviction-free equilibrium, in requests per step."""


@dataclass(frozen=True)
class Greedy:
    """Fill the memory: admit (B - used) / sum p_k (s_k + 1) requests, the model's own rule."""

    name: ClassVar[str] = "greedy"

    def admissions(self, memory: MemoryView) -> Any:
        """Return the requests that fill the free memory."""
        return memory.free / memory.per_request

    def equilibrium(self, mix: Workload) -> Fraction:
        """Return a* = B / G(1), in requests per step."""
        return equilibrium_admissions(mix)


@dataclass(frozen=True)
class Damped:
    """Admit a fraction of what fits.

    Parameters
    ----------
    gain : number
        kappa, 0 < kappa <= 1, any form of a rational; 1 is greedy.

    Notes
    -----
    At its equilibrium the memory holds the fraction kappa G(1) / (g_0 + kappa (G(1) - g_0)) of B.
    """

    gain: Any = Fraction(1, 2)
    name: ClassVar[str] = "damped"

    def __post_init__(self) -> None:
        _set_fraction(self, "gain", lambda kappa: 0 < kappa <= 1, "above 0 and at most 1")

    def admissions(self, memory: MemoryView) -> Any:
        """Return kappa times the requests that fill the free memory."""
        return self.gain * memory.free / memory.per_request

    def equilibrium(self, mix: Workload) -> Fraction:
        """Return kappa B / (g_0 + kappa (G(1) - g_0)), in requests per step."""
        kernel = MemoryKernel.of(mix)
        first, later = kernel.first, kernel.total - kernel.first
        gain = Fraction(self.gain)
        held = Fraction(first + gain * later) / kernel.denominator
        return gain * simulated_capacity(mix) / held


@dataclass(frozen=True)
class Headroom:
    """Fill the memory up to a watermark below the capacity.

    Parameters
    ----------
    watermark : number
        eta, 0 <= eta < 1: the fraction of B that admissions leave free; 0 is greedy.

    Notes
    -----
    The equilibrium is that of a capacity (1 - eta) B and exactly as stable. Evictions start at B.

    *When it never evicts.* From a start within (1 - eta) B nothing is ever evicted if
    eta >= (l_k - 1) / (s_k + l_k) for every class k; eta >= (L - 1) / (L + min_k s_k) is enough for
    that. *Proof.* Let n be the last step at which the memory was within (1 - eta) B. Since then
    nothing was admitted, for admissions end within (1 - eta) B. A request that is left held
    s_k + 1 tokens or more at n, and holds s_k + l_k at most: the memory has grown by a factor of
    max_k (s_k + l_k) / (s_k + 1) <= 1 / (1 - eta) at most, to B at most. ∎ From a start of product
    form, such as the empty one, classes of one decode length count as one, with their mean input
    (R11). From others they do not: classes (0,3) and (6,3) in equal shares have the mean input 3
    and (l - 1) / (s + l) = 1/3, and yet 60 requests (0,3) in stage 0, which are within
    (1 - 1/3) 90 tokens, need 120 in the next step and 30 of them are lost, in two steps.
    """

    watermark: Any = Fraction(1, 20)
    name: ClassVar[str] = "headroom"

    def __post_init__(self) -> None:
        _set_fraction(self, "watermark", lambda eta: 0 <= eta < 1, "at least 0 and below 1")

    def admissions(self, memory: MemoryView) -> Any:
        """Return the requests that fill (1 - eta) B."""
        room = memory.free - self.watermark * memory.capacity
        return room / memory.per_request if room > 0 else 0 * room

    def equilibrium(self, mix: Workload) -> Fraction:
        """Return (1 - eta) a*, in requests per step."""
        return (1 - Fraction(self.watermark)) * equilibrium_admissions(mix)


@dataclass(frozen=True)
class RateLimited:
    """Fill the memory, but with no more than a number of requests per step.

    Parameters
    ----------
    rate : number
        0 < r <= 10^18, in requests per step.

    Notes
    -----
    With r <= a* it never evicts from step L on, whatever the start: all that is left was admitted
    at r per step at most, so that the memory is within sum_m g_m r = r G(1) <= B.
    """

    rate: Any
    name: ClassVar[str] = "rate-limited"

    def __post_init__(self) -> None:
        _set_fraction(
            self, "rate", lambda r: 0 < r <= LARGEST_RATE, "positive and at most 10^18 per step"
        )

    @classmethod
    def over_equilibrium(cls, mix: Workload, ratio: Any = 1) -> RateLimited:
        """Return the policy of rate `ratio` a* on `mix`; the ratio in any form of a rational.

        Examples
        --------
        >>> RateLimited.over_equilibrium(Workload.from_classes([(5, 2)], capacity=130), "1.05").rate
        Fraction(21, 2)
        """
        return cls(_rational(ratio, "'ratio'") * equilibrium_admissions(mix))

    def admissions(self, memory: MemoryView) -> Any:
        """Return the requests that fill the free memory, r at most."""
        return min(memory.free / memory.per_request, self.rate)

    def equilibrium(self, mix: Workload) -> Fraction:
        """Return min(r, a*), in requests per step."""
        return min(Fraction(self.rate), equilibrium_admissions(mix))


@dataclass(frozen=True)
class Reservation:
    """Hold s_k + l_k tokens for every request from its admission on.

    Notes
    -----
    Nothing is ever evicted from a start whose reservations fit into B, such as the empty one: their
    sum stays within B, and no request ever holds more than its own. From a start whose
    reservations do not fit it admits nothing until they do, and may evict meanwhile: of s = 2,
    l = 3 and B = 100, 25 requests in stage 1 need 125 tokens in the next step, and 5 are evicted.
    """

    name: ClassVar[str] = "reservation"

    def admissions(self, memory: MemoryView) -> Any:
        """Return the requests whose whole lives fit beside those of the survivors."""
        room = memory.capacity - memory.reserved
        return room / memory.lifetime_per_request if room > 0 else 0 * room

    def equilibrium(self, mix: Workload) -> Fraction:
        """Return B / sum p_k l_k (s_k + l_k), in requests per step."""
        kernel = MemoryKernel.of(mix)
        held = sum(n * (t + w * n) for n, w, t in kernel)
        return simulated_capacity(mix) * kernel.denominator / held


GREEDY = Greedy()
_WITHOUT: dict[str, Callable[[], Policy]] = {"greedy": Greedy, "reservation": Reservation}
_WITH: dict[str, Callable[..., Policy]] = {"damped": Damped, "headroom": Headroom}
_NAMES = "'greedy', 'damped', 'headroom', 'rate-limited' or 'reservation'"

AnyPolicy = TypeVar("AnyPolicy", bound=Policy)


def policy_named(name: Any, mix: Workload | None = None) -> Policy:
    """Return the admission policy that a name denotes, or the policy that `name` is.

    Parameters
    ----------
    name : str or Policy
        ``"greedy"``, ``"reservation"``, or a name and its parameter: ``"damped:1/2"``,
        ``"headroom:0.05"``, ``"rate-limited:1.05"`` (times a*). Without: 1/2, 1/20, 1.
    mix : Workload, optional
        Needed for a* only.

    Raises
    ------
    InvalidArgument
        If there is none of that name, its parameter is outside its domain, or an object is not a
        policy.

    Examples
    --------
    >>> policy_named("headroom:5/100")
    Headroom(watermark=Fraction(1, 20))
    """
    if not isinstance(name, str):
        if isinstance(getattr(name, "name", None), str) and callable(
            getattr(name, "admissions", None)
        ):
            policy: Policy = name
            return policy
        raise _unknown(name)
    kind, _, parameter = name.partition(":")
    if kind in _WITHOUT and not parameter:
        return _WITHOUT[kind]()
    if kind in _WITH:
        return _WITH[kind](parameter) if parameter else _WITH[kind]()
    if kind == "rate-limited" and mix is not None:
        return RateLimited.over_equilibrium(mix, parameter or 1)
    raise _unknown(name)


def in_floats(policy: AnyPolicy) -> AnyPolicy:
    """Return the policy with its exact parameters rounded to floats, for a run in floats."""
    if not isinstance(policy, (Damped, Headroom, RateLimited)):
        return policy
    values = {field.name: float(getattr(policy, field.name)) for field in fields(policy)}
    rounded = object.__new__(type(policy))
    for field, value in values.items():
        object.__setattr__(rounded, field, value)
    return rounded


def _set_fraction(policy: Any, field: str, valid: Callable[[Fraction], bool], domain: str) -> None:
    given = getattr(policy, field)
    value = _rational(given, f"'{field}'")
    if not valid(value):
        raise InvalidArgument(f"'{field}' must be {domain}, not {shown(given)}.")
    object.__setattr__(policy, field, value)


def _rational(value: Any, name: str) -> Fraction:
    try:
        return exact_rational(value, name)
    except InvalidWorkload as failure:
        raise InvalidArgument(str(failure)) from None


def _unknown(name: Any) -> InvalidArgument:
    return InvalidArgument(
        f"'policy' must be {_NAMES}, with a parameter as in 'damped:1/2', or an object with "
        f"'name' and 'admissions', not {shown(name)}."
    )
