"""Linearisation: the closed loop that follows from a policy's admissions, whatever it claims.

What a policy knows of the state are two numbers (`MemoryView`): U, the memory used, and R, the
memory reserved. If its answer is affine in them near an equilibrium of a requests per step,

    a - alpha (U - U*) - beta (R - R*),                                                       (1)

then, while nothing is evicted, y_j = a(n - j) of the admissions of j steps ago are left, U is the
sum of g_j y_j and R that of r_j y_j over j >= 1, and the admissions obey sum_m c_m (a(n - m) - a)
= 0 with

    c_0 = 1,  c_m = alpha g_m + beta r_m  for 1 <= m < L.                                     (2)

**Two numbers give them all.** Moving a(n - m) by delta moves the answer by -c_m delta. In the last
stage g = r, the memory of whole lives, and in stage 1 g < r if L > 2; so alpha and beta follow
from c_1 and c_(L-1). For L = 2 they are one number, and (2) with beta = 0 is c_1.

*What the check proves.* `checked_loop` asks the policy exactly, in Fractions, at the
equilibrium and at 16 states around it: both stages moved, each way, alone and together, by two
amounts. If the policy's answer is affine in U and R around that point, which is what a policy
claims by having a closed loop, then a kernel that passes is that of (2): three of the states
determine the affine function, and all L coefficients are compared, in the sparse closed form. A
policy is refused where an answer is not that of (1), which a limit or a `max` at the equilibrium
shows, or is more than fits. As runs ask it in floats, it is asked so too, at the equilibrium and at
parts of its level down to an empty memory: there it must answer the same, to rounding, so that the
verdict is on the rule that is run. *What it does not prove*: that the answer is affine where it was
not asked, or the same when asked again; no finite number of questions can.

The moves shrink from 10^-20 to 10^-5120 of the equilibrium until the answers are affine, so that a
limit is no obstacle unless it is closer than that.

References
----------
docs/model.md, Model, Policies.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise
from numbers import Rational
from typing import Any

from ...errors import InvalidArgument, shown
from ...model.kernel import MemoryKernel
from ...model.workload import Workload
from ..capacity import equilibrium_admissions, simulated_capacity
from .policy import MemoryView, NotLinear, Policy, in_floats

__all__ = ["checked_loop", "level_admissions"]

_MOVES = tuple(Fraction(1, 10 ** (20 * 4**k)) for k in range(5))
_STEPS = 24  # of Newton's method: an affine rule takes one, a piece more takes one or a halving
_LONGEST = 50_000  # bits of a level: they multiply on a rule that is not affine
_PARTS = tuple(Fraction(k, 8) for k in (8, 7, 4, 0))  # of the level, where floats are compared
_SAME = 2.0**-40  # of what an empty memory admits, whose rounding is some 2^-53 of it
_DIRECTIONS = ((1, 0), (0, 1), (1, 1), (1, -1))


def checked_loop(mix: Workload, policy: Policy) -> MemoryKernel | NotLinear:
    """Return the closed loop that a policy claims, which its admissions confirm.

    Returns NotLinear where it has no `closed_loop`. Raises InvalidArgument if
    its admissions do not confirm the kernel that it claims.
    """
    claim = getattr(policy, "closed_loop", None)
    loop = NotLinear() if claim is None else claim(mix)
    if isinstance(loop, NotLinear):
        return loop
    if not isinstance(loop, MemoryKernel) or not _is_sound(loop):
        what = (
            "a MemoryKernel of tuples of integers, decode lengths ascending and g_0 > 0, or "
            "NotLinear"
        )
        raise _refusal(policy, "closed_loop", what, shown(loop))
    rule, level = _Rule(mix, policy), level_admissions(mix, policy)
    form = {m: Fraction(c, loop.first) for m, c in loop.closed_form.items()}
    if form != _closed_form(rule, *_slopes(rule, level)):
        what = "that of its own admissions near their equilibrium"
        raise _refusal(policy, "closed_loop", what, shown(loop))
    _check_floats(rule, level)
    return loop


def _is_sound(loop: MemoryKernel) -> bool:
    parts = (loop.decode_lengths, loop.shares, loop.inputs)
    if any(type(part) is not tuple for part in parts):
        return False
    if len({len(part) for part in parts}) > 1 or not parts[0]:
        return False
    if any(type(n) is not int for part in ((loop.denominator,), *parts) for n in part):
        return False
    ascending = all(a < b for a, b in pairwise((0, *loop.decode_lengths)))
    return ascending and loop.denominator > 0 and loop.first > 0 and all(w or t for _, w, t in loop)


def level_admissions(mix: Workload, policy: Policy) -> Fraction:
    """Return the admissions at which a policy keeps its memory level, found by asking it.

    Newton's method from a*, which ends at once on a rule that is affine, and soon on one of a few
    affine pieces, with differences that shrink until it sees the piece that it is on. From rate 0
    the admissions are at or above the rate, at a* they are what fits at most, which is a*: a step
    that leaves the bracket of the two is replaced by halving it.

    Raises InvalidArgument if none are found above 0, up to a*.

    >>> from stabkit import Damped
    >>> mix = Workload.from_classes([(5, 2)], capacity=130)
    >>> level_admissions(mix, Damped("1/2")) == Damped("1/2").equilibrium(mix)
    True
    """
    rule, highest = _Rule(mix, policy), equilibrium_admissions(mix)
    for move in (highest * part for part in _MOVES):
        low, high = Fraction(0), highest
        level = highest
        for _ in range(_STEPS):
            excess = rule(level) - level
            if not excess:
                return level
            low, high = (level, high) if excess > 0 else (low, level)
            slope = (rule(level + move) - level - move - excess) / move
            level = level - excess / slope if slope else low
            if not low < level < high:
                level = (low + high) / 2
            if level.denominator.bit_length() > _LONGEST:
                break
    what = "level at some rational rate up to a* for a closed loop"
    raise _refusal(policy, "admissions", what, "at none that was found")


class _Rule:
    """A policy's answers at a level of admissions, those of 1 and L - 1 steps ago moved."""

    def __init__(self, mix: Workload, policy: Policy) -> None:
        self.kernel = MemoryKernel.of(mix)
        self.reserved = self.kernel.reserved
        self.policy, self._capacity = policy, simulated_capacity(mix)
        self._now = self.kernel.at(0), self.reserved.at(0)
        self.most = float(self._capacity / self._now[0])  # of the empty memory
        self._later = [
            (Fraction(of.total, of.denominator) - of.at(0), of.at(1), of.at(of.length - 1))
            for of in (self.kernel, self.reserved)
        ]

    def __call__(
        self, level: Fraction, first: Fraction | int = 0, last: Fraction | int = 0
    ) -> Fraction:
        memory = self._memory(level, first, last)
        answer = self.policy.admissions(memory)
        if not isinstance(answer, Rational):
            what = "exact of a memory in Fractions"
            raise _refusal(self.policy, "admissions", what, shown(answer))
        admitted = Fraction(int(answer.numerator), int(answer.denominator))  # of numpy's too
        if not 0 <= admitted * self._now[0] <= memory.free:
            what = "at least 0 and at most what fits"
            raise _refusal(self.policy, "admissions", what, shown(answer))
        return admitted

    def in_floats(self, level: Fraction) -> float:
        """Return the answer that a run in floats gets at a level."""
        return float(in_floats(self.policy).admissions(self._memory(level, number=float)))

    def _memory(
        self,
        level: Fraction,
        first: Fraction | int = 0,
        last: Fraction | int = 0,
        number: Callable[[Any], Any] = Fraction,
    ) -> MemoryView:
        used, reserved = (number(level * a + first * b + last * c) for a, b, c in self._later)
        per_request, lifetime = map(number, self._now)
        memory = MemoryView(number(self._capacity), per_request, lifetime, lambda: reserved)
        memory.used = used
        return memory


def _check_floats(rule: _Rule, level: Fraction) -> None:
    """Refuse a policy that does not answer in floats what it does exactly, to rounding."""
    for part in _PARTS:
        exact, run = float(rule(part * level)), rule.in_floats(part * level)
        if not abs(run - exact) <= _SAME * rule.most:
            what = f"in floats what they are exactly, {exact:.6g}"
            raise _refusal(rule.policy, "admissions", what, f"{run:.6g}")


def _slopes(rule: _Rule, level: Fraction) -> tuple[Fraction, Fraction]:
    """Return c_1 and c_(L-1), 0 for L = 1, after asking at all of the states."""
    if rule.kernel.length == 1:
        return Fraction(0), Fraction(0)
    for move in (level * part for part in _MOVES):
        first, last = ((level - rule(level, *one)) / move for one in ((move, 0), (0, move)))
        if all(
            rule(level, x * size, y * size) == level - (first * x + last * y) * size
            for size in (move, -move, move / 3, -move / 3)
            for x, y in _DIRECTIONS
        ):
            return first, last
    what = "linear near its equilibrium for a closed loop"
    raise _refusal(rule.policy, "admissions", what, "of several slopes")


def _closed_form(rule: _Rule, first: Fraction, last: Fraction) -> dict[int, Fraction]:
    """Return (1 - z)^2 sum c_m z^m of (2), zeros left out."""
    one, other = rule.kernel, rule.reserved
    both = last / one.at(one.length - 1)
    alpha = both if one.length < 3 else (both * other.at(1) - first) / (other.at(1) - one.at(1))
    beta = both - alpha
    rest = 1 - alpha * one.at(0) - beta * other.at(0)
    terms = {0: rest, 1: -2 * rest, 2: rest}
    for factor, of in ((alpha, one), (beta, other)):
        for m, c in of.closed_form.items():
            terms[m] = terms.get(m, Fraction(0)) + factor * Fraction(c, of.denominator)
    return {m: c for m, c in terms.items() if c}


def _refusal(policy: Policy, what: str, domain: str, value: str) -> InvalidArgument:
    name = shown(policy.name)
    return InvalidArgument(f"'{what}' of policy {name} must be {domain}, not {value}.")
