"""Sizing: how many requests fit, which rate, which watermark, and how long it all takes.

All counts are of requests in service on the mean:

* at the *steady state*, a* mu = B mu / G(1);
* under *reservation*, B mu / sum_k p_k l_k (s_k + l_k);
* *whatever happens*, floor(B / max_k (s_k + l_k)): so many fit even if all are at their end;
  not known of a trace that was merged by decode length, whose s_k are means;
* in the *worst cycle* of one class, B / (s + l).

References
----------
MODEL.md sections 2, 4, 6, 8.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from ..dynamics.capacity import equilibrium_admissions
from ..dynamics.policies import Reservation
from ..errors import InvalidArgument, InvalidWorkload, shown
from ..model.blocks import LARGEST_BLOCK, block_kernel, block_total
from ..model.numbers import exact_rational, whole_number
from ..model.workload import Workload, check_workload
from ..spectrum.counts import unit_circle_counts
from ..spectrum.dominant import dominant_modes
from ..spectrum.isolation import isolated_disc_counts
from .analyze import mode_summary
from .records import Verdict

__all__ = ["BlockSizing", "ModeTimes", "Sizing", "sizing"]

_LONGEST_STEP = Fraction(10**12)  # seconds
_LONGEST_BLOCKS = 200  # terms of a kernel in blocks whose roots are counted


@dataclass(frozen=True)
class BlockSizing:
    """The same with memory in blocks.

    Attributes
    ----------
    block_size : int
        b, in tokens.
    admissions, requests : Fraction
        At the steady state.
    verdict : {"stable", "unstable", "marginal"} or None
        On that state; None for more than 200 steps.
    """

    block_size: int
    admissions: Fraction
    requests: Fraction
    verdict: Verdict | None


@dataclass(frozen=True)
class ModeTimes:
    """The dominant mode in steps: its period, and the time to double or to halve, if it has any."""

    modulus: float
    period: float | None
    doubling: float | None
    half_life: float | None


@dataclass(frozen=True)
class Sizing:
    """Answers to an operator's questions about one workload.

    Attributes
    ----------
    mix : Workload
    verdict : {"stable", "unstable", "marginal", "undecided"}
    admissions : Fraction
        a*, requests per step: the rate to admit.
    requests : Fraction
        In service at the steady state.
    reserved : Fraction
        In service under reservation.
    always : int or None
        That fit whatever happens; None where the inputs are means of merged requests.
    worst_cycle : Fraction or None
        In service in the worst cycle; None for several classes.
    watermark : Fraction or None
        (l - 1) / (s + l), which ends the evictions of one class; None for several.
    blocks : BlockSizing or None
    mode : ModeTimes or None
        None at L = 1, or where it was not resolved.
    step_seconds : Fraction or None
    """

    mix: Workload
    verdict: Verdict
    admissions: Fraction
    requests: Fraction
    reserved: Fraction
    always: int | None
    worst_cycle: Fraction | None
    watermark: Fraction | None
    blocks: BlockSizing | None
    mode: ModeTimes | None
    step_seconds: Fraction | None


def sizing(mix: Workload, block_size: int | None = None, step_seconds: Any = None) -> Sizing:
    """Return how many requests fit, at which rate, and how fast disturbances grow.

    Parameters
    ----------
    mix : Workload
        With a capacity; with whole inputs if `block_size` is given.
    block_size : int, optional
        Tokens of a block of KV memory; vLLM's default is 16.
    step_seconds : number, optional
        Duration of a step, from 10^-12 to 10^12, to turn steps into seconds.

    Raises
    ------
    InvalidWorkload
        If the workload has no capacity, or inputs are not whole.
    InvalidArgument
        If a number is outside its domain.

    Examples
    --------
    >>> found = sizing(Workload.from_classes([(10, 5)], capacity=650))
    >>> found.requests, found.always, found.watermark
    (Fraction(50, 1), 43, Fraction(4, 15))
    """
    check_workload(mix)
    if mix.capacity is None:
        raise InvalidWorkload("'capacity' must be given to count requests, not None.")
    seconds = None if step_seconds is None else exact_rational(step_seconds, "'step_seconds'")
    if seconds is not None and not 1 / _LONGEST_STEP <= seconds <= _LONGEST_STEP:
        raise InvalidArgument(
            f"'step_seconds' must be from 10^-12 to 10^12 seconds, not {shown(step_seconds)}."
        )
    size = None
    if block_size is not None:
        size = whole_number(block_size, "'block_size'", 1, LARGEST_BLOCK)
    single = len({(c.input_length, c.decode_length) for c in mix.classes}) == 1
    s, n = mix.classes[0].input_length, mix.classes[0].decode_length
    mu = mix.mean_decode_length
    admissions = equilibrium_admissions(mix)
    return Sizing(
        mix=mix,
        verdict=unit_circle_counts(mix).verdict,
        admissions=admissions,
        requests=admissions * mu,
        reserved=Reservation().equilibrium(mix) * mu,
        always=None if _merged(mix) else int(mix.capacity / _longest_request(mix)),
        worst_cycle=mix.capacity / (s + n) if single else None,
        watermark=Fraction(n - 1) / (s + n) if single else None,
        blocks=None if size is None else _in_blocks(mix, size, mix.capacity),
        mode=_mode(mix),
        step_seconds=seconds,
    )


def _longest_request(mix: Workload) -> Fraction:
    return max(c.input_length + c.decode_length for c in mix.classes)


def _merged(mix: Workload) -> bool:
    """Whether classes stand for several requests of a trace, with their mean input."""
    lengths = {c.decode_length for c in mix.classes}
    merged = mix.request_count is not None and mix.request_count > len(mix.classes)
    return merged and len(lengths) == len(mix.classes)


def _in_blocks(mix: Workload, block_size: int, capacity: Fraction) -> BlockSizing:
    whole = capacity - capacity % block_size  # a part of a block is no block
    admissions = whole / block_total(mix, block_size)
    return BlockSizing(
        block_size, admissions, admissions * mix.mean_decode_length, _block_verdict(mix, block_size)
    )


def _block_verdict(mix: Workload, block_size: int) -> Verdict | None:
    if mix.longest_decode > _LONGEST_BLOCKS:
        return None
    kernel = block_kernel(mix, block_size)
    scale = math.lcm(*(g.denominator for g in kernel))
    within, on, _ = isolated_disc_counts([int(g * scale) for g in kernel])
    if within:
        return "unstable"
    return "marginal" if on else "stable"


def _mode(mix: Workload) -> ModeTimes | None:
    modes = dominant_modes(mix, 1, 30) if mix.longest_decode > 1 else None
    if not modes:
        return None
    one = mode_summary(modes[0])
    return ModeTimes(one.modulus, one.period_steps, one.doubling_steps, one.half_life_steps)
