"""Sizing: how many requests fit, which rate, which watermark, and how long it all takes.

All counts are of requests in service on the mean. With h_k(m) the memory that a request of class k
holds in stage m, s_k + m + 1 tokens, they are

* at the *steady state*, a* mu = B mu / G(1);
* under *reservation*, B mu / sum_k p_k l_k h_k(l_k - 1);
* *whatever happens*, floor(B / max_k h_k(l_k - 1)): so many fit even if all are at their end;
  of a trace that was merged by decode length this needs its longest request, not the means;
* in the *worst cycle* of one class, B / h(l - 1).

*The worst cycle.* Take those in service at some step, with all memory in use, and one class, so
that h does not fall. Later arrivals are evicted before them, so that one of them is evicted only
where they alone exceed B. If none is, all complete within l steps; else those left at the last
eviction do, and they fill B. Either way at least B / h(l - 1) complete in l steps, and one cohort
alone completes no more.

*The watermark* of one class is eta = 1 - h(0) / h(l - 1), in tokens (l - 1) / (s + l). Requests are
admitted up to (1 - eta) B only, so that at most (1 - eta) B / h(0) are in service from a start
within it; they never hold more than h(l - 1) each, together B.

**In blocks.** A server that hands out its memory in blocks of b tokens has floor(B / b) of them,
and a request in stage m holds ceil((s_k + m + 1) / b). All of the above then counts in blocks, and
so do the verdict and the dominant mode: no argument asks what memory is counted in.

A cap on the running requests, which may end the question, is in `running_cap`.

References
----------
docs/model.md, Equilibrium, Blocks, Worst cycle, Policies, Real run.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from ...dynamics.capacity import simulated_capacity
from ...errors import InvalidArgument, InvalidWorkload, number_of, shown
from ...model.blocks import LARGEST_BLOCK, block_steps, block_total, blocks_of
from ...model.notation import WorkloadLike, as_workload
from ...model.numbers import NumberLike, exact_rational, whole_number
from ...model.verdict import Verdict
from ...model.workload import Workload
from ...records import Record
from ...spectrum.counting.by_winding import count_by_winding
from ...spectrum.counting.counts import unit_circle_counts
from ...spectrum.counting.isolation import isolated_disc_counts
from ...spectrum.roots.dominant import dominant_modes, kernel_modes
from ...spectrum.roots.roots import Root
from ..verdict.analysis import DominantMode
from ..verdict.analyze import mode_summary
from .running_cap import RunningCap, running_cap

__all__ = ["BlockSizing", "Sizing", "sizing"]

_LONGEST_ISOLATED = 200  # terms of a kernel in blocks whose roots are isolated one by one
_LONGEST_COUNTED = 5_000  # terms of one whose roots are counted by their winding number
_LONGEST_STEP = Fraction(10**12)  # seconds
_DIGITS = 30


@dataclass(frozen=True)
class BlockSizing:
    """The blocks that everything is counted in.

    * `block_size`: b, in tokens.
    * `count`: whole blocks of the memory.
    * `requests_in_tokens`: in service at the steady state if the server counted tokens, for
      comparison.
    """

    block_size: int
    count: int
    requests_in_tokens: Fraction


@dataclass(frozen=True, repr=False)
class Sizing(Record):
    """Answers to an operator's questions about one workload; all in blocks if `blocks` is given.

    Attributes
    ----------
    mix : Workload
    verdict : {"stable", "unstable", "marginal", "undecided"}
        "undecided" in blocks beyond 5,000 steps.
    admissions : Fraction
        a*, requests per step: the rate to admit.
    requests : Fraction
        In service at the steady state.
    reserved : Fraction
        In service under reservation.
    always : int or None
        That fit whatever happens; None where only the mean inputs of requests are known.
    worst_cycle : Fraction or None
        In service at the end of the worst cycle, its least; None for several classes.
    watermark : Fraction or None
        That ends the evictions of one class; None for several.
    blocks : BlockSizing or None
    mode : DominantMode or None
        The dominant mode: None at L = 1, or where it was not resolved.
    step_seconds : Fraction or None
    cap : RunningCap or None
        What a cap on the running requests does; all else is without it.

    Examples
    --------
    >>> from stabkit import Workload, sizing
    >>> mix = Workload.from_classes([(10, 5)], capacity=650)
    >>> found = sizing(mix)
    >>> int(found.admissions), int(found.requests), found.always
    (10, 50, 43)
    >>> found.watermark
    Fraction(4, 15)
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
    mode: DominantMode | None
    step_seconds: Fraction | None
    cap: RunningCap | None = None


def sizing(
    mix: WorkloadLike,
    block_size: int | None = None,
    step_seconds: NumberLike | None = None,
    max_num_seqs: int | None = None,
) -> Sizing:
    """Return how many requests fit, at which rate, and how fast disturbances grow.

    Parameters
    ----------
    mix : WorkloadLike
        With a capacity; single requests with whole inputs if `block_size` is given.
    block_size : int, optional
        Tokens of a block of KV memory, to count everything in blocks; vLLM's default is 16.
    step_seconds : number, optional
        Duration of a step, from 10^-12 to 10^12, to turn steps into seconds.
    max_num_seqs : int, optional
        The most running requests, to say what that cap does.

    Returns
    -------
    Sizing

    Raises
    ------
    InvalidWorkload
        If the workload has no capacity, inputs are not whole, or the whole blocks of the memory
        cannot hold one request of every class.
    InvalidArgument
        If a number is outside its domain.

    Examples
    --------
    >>> found = sizing(Workload.from_classes([(10, 5)], capacity=650))
    >>> found.requests, found.always, found.watermark
    (Fraction(50, 1), 43, Fraction(4, 15))

    A request of 150 tokens ends in 10 blocks of 16; 10,000 tokens are 625 blocks:

    >>> mix = Workload.from_classes([(100, 50)], capacity=10_000)
    >>> sizing(mix).always, sizing(mix, block_size=16).always
    (66, 62)

    A cap of 62 running requests ends all evictions, in tokens as in blocks; one of 66 in tokens:

    >>> sizing(mix, max_num_seqs=66).cap.never_evicts
    True
    >>> sizing(mix, block_size=16, max_num_seqs=66).cap.never_evicts
    False
    """
    mix = as_workload(mix)
    if mix.capacity is None:
        raise InvalidWorkload("'capacity' must be given to count requests.")
    seconds = None if step_seconds is None else exact_rational(step_seconds, "'step_seconds'")
    if seconds is not None and not 1 / _LONGEST_STEP <= seconds <= _LONGEST_STEP:
        raise InvalidArgument(
            f"'step_seconds' must be from 10^-12 to 10^12 seconds, not {shown(step_seconds)}."
        )
    most = None if max_num_seqs is None else whole_number(max_num_seqs, "'max_num_seqs'", 1)
    if block_size is None:
        found = _in_tokens(mix, mix.capacity, seconds)
    else:
        size = whole_number(block_size, "'block_size'", 1, LARGEST_BLOCK)
        found = _in_blocks(mix, mix.capacity, size, seconds)
    if most is None:
        return found
    cap = running_cap(mix, most, found.always, found.requests, found.verdict)
    return replace(found, cap=cap)


def _in_tokens(mix: Workload, capacity: Fraction, seconds: Fraction | None) -> Sizing:
    return _sized(
        mix,
        capacity / simulated_capacity(mix.with_capacity(None)),
        capacity,
        lambda tokens: tokens,
        verdict=unit_circle_counts(mix).verdict,
        mode=_times(dominant_modes(mix, 1, _DIGITS) if mix.longest_decode > 1 else None),
        blocks=None,
        step_seconds=seconds,
    )


def _in_blocks(mix: Workload, capacity: Fraction, b: int, seconds: Fraction | None) -> Sizing:
    total = block_total(mix, b) / b
    count = int(capacity / b)
    needed = max(blocks_of(c.input_length + c.decode_length, b) for c in mix.classes)
    if count < needed:
        raise InvalidWorkload(
            f"'capacity' must hold one request of every class, at least "
            f"{number_of(needed, 'block')} of {number_of(b, 'token')}, not {count}."
        )
    in_tokens = capacity / simulated_capacity(mix.with_capacity(None))
    verdict, mode = _of_block_kernel(mix, b)
    return _sized(
        mix,
        count / total,
        Fraction(count),
        lambda tokens: Fraction(blocks_of(tokens, b)),
        verdict=verdict,
        mode=mode,
        blocks=BlockSizing(b, count, in_tokens * mix.mean_decode_length),
        step_seconds=seconds,
    )


def _sized(
    mix: Workload,
    admissions: Fraction,
    capacity: Fraction,
    holding: Callable[[Fraction], Fraction],
    **rest: Any,
) -> Sizing:
    """Return the sizing where `capacity` and `holding`, of a number of tokens, count alike."""
    at_end = [holding(c.input_length + c.decode_length) for c in mix.classes]
    reserved = sum(
        (c.share * c.decode_length * h for c, h in zip(mix.classes, at_end, strict=True)),
        Fraction(0),
    )
    first = holding(mix.classes[0].input_length + 1)
    single = len({(c.input_length, c.decode_length) for c in mix.classes}) == 1
    largest = mix.largest_request
    return Sizing(
        mix=mix,
        admissions=admissions,
        requests=admissions * mix.mean_decode_length,
        reserved=capacity * mix.mean_decode_length / reserved,
        always=None if largest is None else int(capacity / holding(largest)),
        worst_cycle=capacity / at_end[0] if single else None,
        watermark=1 - first / at_end[0] if single else None,
        **rest,
    )


def _of_block_kernel(mix: Workload, b: int) -> tuple[Verdict, DominantMode | None]:
    """Return verdict and dominant mode of the kernel in blocks, by engines of any kernel."""
    if mix.longest_decode > _LONGEST_COUNTED:
        return "undecided", None
    kernel = block_steps(mix, b)
    if kernel.length <= _LONGEST_ISOLATED:
        within: int | None
        on: int | None
        within, on, _ = isolated_disc_counts(kernel.coefficients)
    else:
        counted = count_by_winding(kernel)
        within, on = counted.within, counted.on_circle
    mode = _times(kernel_modes(kernel, 1, _DIGITS) if kernel.length > 1 else None)
    if within is None or on is None:
        return "undecided", mode
    if within:
        return "unstable", mode
    return ("marginal" if on else "stable"), mode


def _times(modes: list[Root] | None) -> DominantMode | None:
    return mode_summary(modes[0]) if modes else None
