"""What the symbols of claims stand for, and how each is computed: by definition, or exact counts.

An object of a claim is a mix, or has one (`mix`). The counts come from the Schur–Cohn recursion in
integers, which no proof uses; sums over the classes from the definitions.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from functools import cache
from typing import Any

from sympy import Function, symbols

from stabkit import Counts, Crossing, Threshold, Workload, threshold, unit_circle_counts
from stabkit.model.enclosure import RealEnclosure
from stabkit.theorems.claims import Quantity

from .notation import B, g, length, p, s, z

__all__ = [
    "A_STAR",
    "CAPACITY",
    "COMMON",
    "COMMON_INPUT",
    "GCD",
    "KERNEL",
    "KINDS",
    "LARGEST_CROSSING",
    "LENGTH",
    "LONGEST",
    "MARGINAL",
    "MEAN",
    "MODES",
    "ONE_LENGTH",
    "STABLE",
    "SURVIVAL",
    "UNSTABLE",
    "a_star",
    "capacity_of",
    "class_form",
    "classes_of",
    "common",
    "counts",
    "kernel",
    "kernel_sum",
    "kinds",
    "largest_crossing",
    "longest",
    "marginal",
    "mean",
    "mix_of",
    "modes",
    "one_length",
    "partition",
    "stable",
    "survival",
    "unstable",
    "with_input",
]

unstable, marginal, modes, mean, a_star = symbols("N_u N_c N mu a^*")
largest_crossing, kinds = symbols("s^* K_l")
longest = symbols("L", integer=True)
stable, common, one_length = symbols("stable common one_length")
kernel, survival = Function("g"), Function("S")


def class_form(stages: Any) -> Any:
    """Return (1 - z)^2 times what so many stages of a class of share 1 contribute to G."""
    return (s + 1) - s * z - (s + stages + 1) * z**stages + (s + stages) * z ** (stages + 1)


def mix_of(drawn: Any) -> Workload:
    """Return the mix of an object: itself, or its `mix`."""
    mix: Workload = drawn if isinstance(drawn, Workload) else drawn.mix
    return mix


def capacity_of(drawn: Any) -> Fraction:
    """Return the capacity of an object's mix, which must have one."""
    capacity = mix_of(drawn).capacity
    assert capacity is not None
    return capacity


@cache
def _counted(mix: Workload) -> Counts:
    return unit_circle_counts(mix, "schur-cohn")


def counts(drawn: Any) -> Counts:
    """Return the exact mode counts of an object's mix."""
    return _counted(mix_of(drawn))


def classes_of(drawn: Any) -> Iterator[dict[Any, Any]]:
    """Yield the classes of an object's mix as values of s, l and p."""
    for c in mix_of(drawn).classes:
        yield {s: c.input_length, length: c.decode_length, p: c.share}


def with_input(mix: Workload, inputs: Fraction) -> Workload:
    """Return the mix with one input length for all classes."""
    return Workload.from_classes([(inputs, c.decode_length, c.share) for c in mix.classes])


@cache
def _line(mix: Workload) -> Threshold:
    return threshold(mix)


def partition(drawn: Any) -> Threshold:
    """Return the partition of the line of common inputs, whatever the mix's own ones are."""
    return _line(with_input(mix_of(drawn), Fraction(0)))


def _largest(drawn: Any) -> RealEnclosure | Fraction | None:
    found = partition(drawn)
    if not found.complete:
        return None
    if not found.crossings:
        return Fraction(-1)
    last: Crossing = found.crossings[-1]
    value: RealEnclosure | Fraction = last.value if last.exact is None else last.exact
    return value


def kernel_sum(drawn: Any) -> Fraction:
    """Return G(1), by its definition."""
    return sum(
        (
            c.share * (c.input_length + m + 1)
            for c in mix_of(drawn).classes
            for m in range(c.decode_length)
        ),
        Fraction(0),
    )


def _longest(drawn: Any) -> int:
    longest_decode: int = mix_of(drawn).longest_decode
    return longest_decode


def _survival(drawn: Any, m: int) -> Fraction:
    return sum((c.share for c in mix_of(drawn).classes if m < c.decode_length), Fraction(0))


def _kernel(drawn: Any, m: int) -> Fraction:
    alive = (c for c in mix_of(drawn).classes if m < c.decode_length)
    return sum((c.share * (c.input_length + m + 1) for c in alive), Fraction(0))


UNSTABLE = Quantity(unstable, "the number of unstable modes", lambda x: counts(x).outside)
MARGINAL = Quantity(marginal, "the number of modes on the circle", lambda x: counts(x).on_circle)
MODES = Quantity(modes, "the number of modes", lambda x: _longest(x) - 1)
STABLE = Quantity(stable, "the equilibrium is stable", lambda x: counts(x).verdict == "stable")
GCD = Quantity(g, "the gcd of the decode lengths", lambda x: mix_of(x).gcd)
LONGEST = Quantity(longest, "the longest decode length, in steps", _longest)
MEAN = Quantity(
    mean,
    r"the mean decode length $\sum_k p_k l_k$, in steps",
    lambda x: sum((c.share * c.decode_length for c in mix_of(x).classes), Fraction(0)),
    summand=p * length,
    parts=classes_of,
)
KERNEL = Quantity(
    kernel, r"the memory kernel, $g_m = \sum_k p_k (s_k + m + 1) 1\{m < l_k\}$ tokens", _kernel
)
SURVIVAL = Quantity(survival, r"the survival function, $S_m = \sum_k p_k 1\{m < l_k\}$", _survival)
CAPACITY = Quantity(B, "the capacity, in tokens", lambda x: mix_of(x).capacity)
A_STAR = Quantity(
    a_star,
    "the admissions per step at the equilibrium",
    lambda x: capacity_of(x) / kernel_sum(x),
)
COMMON = Quantity(
    common,
    "all classes have one input length $s$",
    lambda x: len({c.input_length for c in mix_of(x).classes}) == 1,
)
COMMON_INPUT = Quantity(
    s, "the input length, in tokens", lambda x: mix_of(x).classes[0].input_length
)
ONE_LENGTH = Quantity(
    one_length,
    "all classes have one decode length $l$",
    lambda x: len({c.decode_length for c in mix_of(x).classes}) == 1,
)
LENGTH = Quantity(
    length, "the decode length, in steps", lambda x: mix_of(x).classes[0].decode_length
)
KINDS = Quantity(
    kinds,
    "the number of different decode lengths",
    lambda x: len({c.decode_length for c in mix_of(x).classes}),
)
LARGEST_CROSSING = Quantity(
    largest_crossing,
    "the largest input length, common to all classes, at which a mode is on the unit circle, in "
    "tokens; $-1$ where there is none",
    lambda x: _largest(x),
)
