"""What to do about a workload: proposals, each analysed anew before it is made.

A *proposal* is a policy or a changed workload with the predictions that it rests on; a prediction
that does not hold turns it into a *rejected* idea with its figures. Throughput is compared with
what greedy admission completes now, from the empty memory: where greedy does better than the
equilibrium (evictions change the class mix), a rate limit is not recommended.

All that is of the fluid. Where the capacity is known, settings of a server are tried on whole
requests too, and there alone an improvement is claimed for a real one: see `trials`.

References
----------
docs/model.md, Policies.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from itertools import chain
from typing import Any, Literal

from ...dynamics.capacity import Simulated, simulated_capacity
from ...dynamics.long_run import LongRun, long_run
from ...dynamics.policies import GREEDY, Damped, Headroom, Policy, Reservation
from ...dynamics.policies.policy import parameters_of
from ...errors import InvalidWorkload, number_of
from ...model.notation import WorkloadLike, as_workload
from ...model.numbers import listed
from ...model.verdict import Verdict
from ...model.workload import Workload
from ...records import Record
from ...spectrum.margins.gain import gain_margin
from ...spectrum.margins.inputs import input_margin
from .closed_loops import closed_loop
from .predictions import TOLERANCE, Prediction, holds, long_means, rate_limit, token_throughput
from .sweep import PolicySweep, usual_sweeps
from .trials import Trials, trials

__all__ = ["Kind", "Proposal", "Recommendation", "Rejected", "recommend"]

Kind = Literal[
    "rate limit", "start-up", "watermark", "gain", "prompt", "spread", "pooling", "reservation"
]
_ERRORS = tuple(Fraction(k, 100) for k in (80, 90, 95, 105, 110, 120))
_LONGEST_CHANGE = 2_000  # steps; beyond, changed workloads are not searched
_WIDEST = 40  # steps of spread that are tried
_HUNDREDTH = Fraction(1, 100)
_SEARCH_STEPS = 8_000
_LARGEST_WATERMARK = 60  # hundredths


@dataclass(frozen=True, repr=False)
class Proposal(Record):
    """Something that an operator can do.

    Attributes
    ----------
    kind : str
    value : Fraction
        The rate in requests per step, the gain, the watermark, the tokens added to every prompt, or
        the steps by which lengths are spread; 0 where there is none.
    mix : Workload
        The workload then; the one asked about unless the proposal changes it.
    policy : Policy
    throughput : float
        Tokens per step in the long run from empty, over the greedy equilibrium's now.
    predictions : tuple of Prediction
        All of them were checked.
    sensitivity : tuple of (Fraction, float)
        For a rate limit: throughput where the estimate of a* is off by a factor.

    Examples
    --------
    >>> from stabkit import Workload, recommend
    >>> mix = Workload.from_classes([(2, 2)])
    >>> found = recommend(mix).proposals[0]
    >>> found.kind, found.value
    ('rate limit', Fraction(1, 1))
    """

    kind: Kind
    value: Fraction
    mix: Workload
    policy: Policy
    throughput: float
    predictions: tuple[Prediction, ...]
    sensitivity: tuple[tuple[Fraction, float], ...] = ()

    @property
    def parameters(self) -> dict[str, Fraction]:
        """The parameters of the policy by name; a rate is in units of a*."""
        return parameters_of(self.policy, self.mix)


@dataclass(frozen=True)
class Rejected:
    """An idea that the new analysis did not confirm.

    * `throughput`: what it would complete, where that was measured.
    """

    kind: Kind
    reason: str
    throughput: float | None = None


@dataclass(frozen=True)
class _Basis(Simulated):
    """What every idea starts from."""

    mix: Workload
    verdict: Verdict
    now: LongRun

    @property
    def needed(self) -> bool:
        """Whether anything needs to change: not for a stable mix that keeps its throughput."""
        return self.verdict != "stable" or not self.reaches

    @property
    def reaches(self) -> bool:
        """Whether greedy admission completes what the equilibrium does, from the empty memory."""
        ratio = self.now.throughput_ratio
        return ratio is not None and ratio >= 1 - TOLERANCE


@dataclass(frozen=True, repr=False)
class Recommendation(Record, _Basis):
    """What to do about a workload.

    Attributes
    ----------
    mix : Workload
        As it was given. Without a capacity changed workloads are compared in the same memory, and
        rates are in units of a*.
    verdict : {"stable", "unstable", "marginal", "undecided"}
    now : LongRun
        Greedy admission from the empty memory.
    proposals : tuple of Proposal
        Highest throughput first.
    rejected : tuple of Rejected
    trials : Trials
        What whole requests say; proposals and rejected ideas are the fluid's.

    Examples
    --------
    >>> from stabkit import Workload, recommend
    >>> mix = Workload.from_classes([(2, 2)])
    >>> found = recommend(mix)
    >>> found.verdict, [one.kind for one in found.proposals]
    ('unstable', ['rate limit', 'spread', 'watermark', 'reservation'])
    """

    proposals: tuple[Proposal, ...]
    rejected: tuple[Rejected, ...]
    trials: Trials

    @cached_property
    def sweeps(self) -> tuple[PolicySweep, ...]:
        """Those of the rate, the gain and the watermark, run when they are first asked for."""
        return usual_sweeps(self.mix)


def recommend(mix: WorkloadLike, others: Sequence[WorkloadLike] = ()) -> Recommendation:
    """Return what to do about a workload, every proposal analysed anew.

    Parameters
    ----------
    mix : WorkloadLike
    others : sequence of WorkloadLike
        Workloads of other replicas of the same capacity, with which this one could be pooled.

    Returns
    -------
    Recommendation
        Proposals whose predictions all hold; what was tried besides is among `rejected`.

    Notes
    -----
    Tried are a rate limit at a*, a watermark that ends the evictions of a run from empty and the
    largest stable gain, both in hundredths, reservation, the smallest number of whole tokens more
    per prompt and the smallest spread l - d, l + d of every decode length that make the mix stable,
    and pooling in equal parts. Verdicts are proved; throughputs are long-run means, to 1e-3.

    Examples
    --------
    >>> found = recommend(Workload.from_classes([(10, 5)], capacity=650))
    >>> best = found.proposals[0]
    >>> best.kind, best.value, round(best.throughput, 3), round(found.now.throughput_ratio, 3)
    ('rate limit', Fraction(10, 1), 1.0, 0.867)
    """
    mix = as_workload(mix)
    neighbours = [as_workload(other) for other in listed(others, "'others'", "workloads")]
    draft = _Basis(mix, closed_loop(mix, GREEDY).verdict or "undecided", long_means(mix))
    proposals, rejected = list[Proposal](), list[Rejected]()
    if draft.needed:
        for found in chain.from_iterable(idea(draft) for idea in (*_IDEAS, _pooling(neighbours))):
            if isinstance(found, Rejected):
                rejected.append(found)
            elif all(holds(prediction) for prediction in found.predictions):
                proposals.append(found)
            else:
                rejected.append(Rejected(found.kind, "not confirmed", found.throughput))
    proposals.sort(key=lambda p: -round(p.throughput, 3))
    judged = trials(mix, draft.verdict, draft.reaches)
    return Recommendation(
        **vars(draft), proposals=tuple(proposals), rejected=tuple(rejected), trials=judged
    )


def _scale(draft: _Basis, mix: Workload) -> Fraction:
    """Return a* mu of the workload asked about, in the memory that `mix` is simulated with."""
    total = simulated_capacity(draft.mix.with_capacity(None))
    return simulated_capacity(mix) / total * draft.mix.mean_decode_length


def _ratio(draft: _Basis, mix: Workload, policy: Policy) -> float | None:
    found = token_throughput(mix, policy)
    return None if found is None else found / float(_scale(draft, mix))


def _greedy(draft: _Basis) -> float:
    ratio = draft.now.throughput_ratio
    return 0.0 if ratio is None else ratio


def _throughput(draft: _Basis, mix: Workload, policy: Policy, value: float) -> Prediction:
    return Prediction(mix, policy, "throughput", "about", value, _scale(draft, mix))


def _no_evictions(draft: _Basis, mix: Workload, policy: Policy) -> Prediction:
    return Prediction(mix, policy, "evictions", "about", 0.0, draft.equilibrium_admissions)


def _worse(draft: _Basis, ratio: float | None, margin: float = TOLERANCE) -> str | None:
    """Return why a policy that completes `ratio` is no gain, or None if it is one."""
    if ratio is None:
        return "its long-run throughput is not known"
    if ratio <= _greedy(draft) + margin:
        return "it completes no more than greedy admission does now"
    return None


def _rate(draft: _Basis) -> Iterator[Proposal | Rejected]:
    mix, policy = draft.mix, rate_limit(draft.mix)
    ratio = _ratio(draft, mix, policy)
    reason = _worse(draft, ratio)
    if reason is not None or ratio is None:
        yield Rejected("rate limit", reason or "", ratio)
        return
    errors = tuple((e, _ratio(draft, mix, rate_limit(mix, e))) for e in _ERRORS)
    known = tuple((e, found) for e, found in errors if found is not None)
    predictions = [_throughput(draft, mix, policy, ratio), _no_evictions(draft, mix, policy)]
    predictions += [_throughput(draft, mix, rate_limit(mix, e), found) for e, found in known]
    yield Proposal("rate limit", policy.rate, mix, policy, ratio, tuple(predictions), known)


def _start_up(draft: _Basis) -> Iterator[Proposal | Rejected]:
    """A stable equilibrium that the empty start misses: reach it under a rate limit first."""
    if draft.verdict != "stable":
        return
    policy = rate_limit(draft.mix)
    prediction = Prediction(
        draft.mix, policy, "throughput after start-up", "at least", 1.0, _scale(draft, draft.mix)
    )
    yield Proposal("start-up", policy.rate, draft.mix, policy, 1.0, (prediction,))


def _watermark(draft: _Basis) -> Iterator[Proposal | Rejected]:
    """A watermark that ends the evictions, where a hundredth less does not."""
    mix = draft.mix
    if draft.now.evictions_per_step == 0:
        return
    watermark, previous = _ending_evictions(mix) or (None, None)
    evicted = None if previous is None else long_means(mix, Headroom(previous)).evictions_per_step
    if watermark is None or previous is None or not evicted:
        yield Rejected("watermark", "none was found that just ends the evictions")
        return
    policy, before = Headroom(watermark), Headroom(previous)
    ratio = _ratio(draft, mix, policy)
    if ratio is None or ratio < _greedy(draft) - TOLERANCE:
        enough, short = (f"{float(100 * eta):.4g} %" for eta in (watermark, previous))
        known = f"{enough} of the memory ends the evictions, where {short} does not"
        yield Rejected("watermark", f"{known}; {_worse(draft, ratio)}", ratio)
        return
    a = draft.equilibrium_admissions
    predictions = (
        _throughput(draft, mix, policy, ratio),
        _no_evictions(draft, mix, policy),
        Prediction(mix, before, "evictions", "about", evicted / float(a), a),
    )
    yield Proposal("watermark", watermark, mix, policy, ratio, predictions)


def _ending_evictions(mix: Workload) -> tuple[Fraction, Fraction] | None:
    """Return a watermark that ends the evictions of a run from empty, and one a hundredth less.

    Of one class (l - 1) / (s + l) is known to be enough; otherwise hundredths are bisected.
    """
    if len(mix.classes) == 1 and mix.longest_decode > 1:
        s, n = mix.classes[0].input_length, mix.longest_decode
        enough = Fraction(n - 1) / (s + n)
        return enough, max(Fraction(0), enough - _HUNDREDTH)
    low, high = 0, _LARGEST_WATERMARK
    if mix.longest_decode > _LONGEST_CHANGE or not _ends(mix, high):
        return None
    while high - low > 1:
        middle = (low + high) // 2
        if _ends(mix, middle):
            high = middle
        else:
            low = middle
    return high * _HUNDREDTH, low * _HUNDREDTH


def _ends(mix: Workload, hundredths: int) -> bool:
    """Whether a watermark seems to end the evictions: a short run, predictions are of long ones."""
    rule = Headroom(hundredths * _HUNDREDTH)
    run = long_run(mix, max_steps=max(_SEARCH_STEPS, 8 * mix.longest_decode), policy=rule)
    return run.evictions_per_step == 0


def _gain(draft: _Basis) -> Iterator[Proposal | Rejected]:
    """The largest stable gain in hundredths: below the end of the gains, which is marginal."""
    if draft.verdict == "stable":
        return
    found = gain_margin(draft.mix).largest_stable
    gain = Fraction(0) if found is None else Fraction(math.ceil(found.low * 100) - 1, 100)
    if gain <= 0:
        yield Rejected("gain", "no stable gain of at least 0.01 is known")
        return
    policy, where = Damped(gain), f", at the stable gain {float(gain):g}"
    stable = Prediction(draft.mix, policy, "verdict", "is", "stable")
    yield _no_worse(draft, "gain", gain, policy, before=(stable,), where=where)


def _reservation(draft: _Basis) -> Iterator[Proposal | Rejected]:
    policy = Reservation()
    none = _no_evictions(draft, draft.mix, policy)
    yield _no_worse(draft, "reservation", Fraction(0), policy, after=(none,))


def _no_worse(
    draft: _Basis,
    kind: Kind,
    value: Fraction,
    policy: Policy,
    before: tuple[Prediction, ...] = (),
    after: tuple[Prediction, ...] = (),
    where: str = "",
) -> Proposal | Rejected:
    """Return the proposal of a policy that completes as much as greedy admission does now."""
    ratio = _ratio(draft, draft.mix, policy)
    reason = _worse(draft, ratio, margin=-TOLERANCE)
    if reason is not None or ratio is None:
        return Rejected(kind, f"{reason}{where}", ratio)
    predictions = (*before, _throughput(draft, draft.mix, policy, ratio), *after)
    return Proposal(kind, value, draft.mix, policy, ratio, predictions)


def _changed(
    draft: _Basis, kind: Kind, value: int, mix: Workload, before: Workload
) -> Proposal | Rejected:
    """Return the proposal of a workload that is stable where the next smaller change is not."""
    ratio = _ratio(draft, mix, GREEDY)
    if ratio is None:
        return Rejected(kind, "its long-run throughput is not known")
    predictions = (
        Prediction(mix, GREEDY, "verdict", "is", "stable"),
        Prediction(before, GREEDY, "verdict", "is not", "stable"),
        _throughput(draft, mix, GREEDY, ratio),
    )
    return Proposal(kind, Fraction(value), mix, GREEDY, ratio, predictions)


def _prompt(draft: _Basis) -> Iterator[Proposal | Rejected]:
    """The smallest whole number of tokens more in every prompt that makes the mix stable."""
    if draft.verdict == "stable" or draft.mix.longest_decode > _LONGEST_CHANGE:
        return
    found = input_margin(draft.mix, "shift")
    if found.stable_above is None:
        known = "no common prompt extension makes the mix stable"
        yield Rejected("prompt", known if found.complete else "it was not decided")
        return
    tokens = max(1, math.floor(found.stable_above.high) + 1)
    try:
        mixes = [_shifted(draft.mix, tokens - back) for back in (0, 1)]
    except InvalidWorkload:
        yield Rejected("prompt", f"{number_of(tokens, 'token')} more would not fit into the memory")
        return
    yield _changed(draft, "prompt", tokens, mixes[0], mixes[1])


def _shifted(mix: Workload, tokens: int) -> Workload:
    return _in_the_same_memory(
        mix, [(c.input_length + tokens, c.decode_length, c.share) for c in mix.classes], tokens
    )


def _spread(draft: _Basis) -> Iterator[Proposal | Rejected]:
    """The smallest spread of every decode length, at the same mean, that makes the mix stable."""
    shortest = min(c.decode_length for c in draft.mix.classes)
    if draft.verdict == "stable" or draft.mix.longest_decode > _LONGEST_CHANGE:
        return
    before, widest, undecided = draft.mix, 0, 0
    for steps in range(1, min(_WIDEST, shortest - 1) + 1):
        try:
            mix = _widened(draft.mix, steps)
        except InvalidWorkload:
            break
        verdict = closed_loop(mix, GREEDY).verdict
        if verdict == "stable":
            yield _changed(draft, "spread", steps, mix, before)
            return
        undecided += verdict == "undecided"
        before, widest = mix, steps
    known = f"no spread by up to {widest} steps makes the mix stable"
    if widest == 1:
        known = "a spread by 1 step does not make the mix stable"
    if shortest == 1:
        known = "a decode length of 1 cannot be spread"
    elif widest == 0:
        known = "with any spread the longest request would not fit into the memory"
    yield Rejected("spread", "not all spreads were decided" if undecided else known)


def _widened(mix: Workload, steps: int) -> Workload:
    return _in_the_same_memory(
        mix,
        [
            (c.input_length, c.decode_length + sign * steps, c.share / 2)
            for c in mix.classes
            for sign in (-1, 1)
        ],
        steps,
    )


def _in_the_same_memory(mix: Workload, classes: Sequence[Any], longer: int) -> Workload:
    """Return the mix of changed classes, whose largest request needs `longer` tokens more."""
    largest = mix.largest_request
    return replace(
        Workload.from_classes(classes),
        capacity=mix.capacity,
        means=mix.means,
        known_largest=None if largest is None else largest + longer,
    )


def _pooling(
    others: Sequence[Workload],
) -> Callable[[_Basis], Iterator[Proposal | Rejected]]:
    """Return the idea of sharing both replicas with another workload, in equal parts."""

    def ideas(draft: _Basis) -> Iterator[Proposal | Rejected]:
        for other in others:
            mix = _pooled(draft.mix, other)
            alone = _ratio(draft, other.with_capacity(draft.mix.capacity), GREEDY)
            together, now = _ratio(draft, mix, GREEDY), draft.now.throughput_ratio
            if alone is None or together is None or now is None:
                yield Rejected("pooling", "a long-run throughput is not known")
                continue
            apart = now + alone
            if 2 * together <= apart * (1 + TOLERANCE):
                gain = "two pooled replicas complete no more than the two apart"
                yield Rejected("pooling", gain, 2 * together / apart)
                continue
            scale = _scale(draft, mix)
            predictions = (Prediction(mix, GREEDY, "throughput", "at least", apart / 2, scale),)
            yield Proposal("pooling", Fraction(0), mix, GREEDY, 2 * together / apart, predictions)

    return ideas


def _pooled(one: Workload, other: Workload) -> Workload:
    both = (*one.classes, *other.classes)
    classes = [(c.input_length, c.decode_length, c.share) for c in both]
    return Workload.from_classes(classes, one.capacity)


_IDEAS: tuple[Callable[[_Basis], Iterator[Proposal | Rejected]], ...] = (
    _rate,
    _start_up,
    _watermark,
    _gain,
    _reservation,
    _prompt,
    _spread,
)
