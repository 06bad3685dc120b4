"""The goals of the project, and how far a run is from each.

A ratio is a peer's time over stabkit's, the peer being the better of its algorithms on one thread.
It counts only where stabkit's own answer is right. *Stretch* goals are wished for beyond what is
required. Why a goal is missed is for people to say: in `REASONS`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from benchmarks.batches import Batch
from benchmarks.findings import Findings
from benchmarks.works import CROSS_CHECKED

__all__ = ["GOALS", "REASONS", "Goal"]

REASONS: dict[str, str] = {  # a goal's text, and why it is missed
    "whole requests, 1 000 running: ≥ 50× a plain loop": (
        "a request costs some 200 additions of Python at its admission and end, at a* = 1 in every "
        "step; at a* = 1/10 it is met"
    ),
    "analysis with cross-check, mix a (L = 10): ≤ 0.1 s": (
        "two runs of 49 152 steps that never repeat, at 2 µs a step; a mix whose runs repeat takes "
        "some 0.02 s"
    ),
}
_ALL_CORES = "all cores"


@dataclass(frozen=True)
class Goal:
    """A bound on one figure of the findings.

    Attributes
    ----------
    text : str
    bound : float
        At least this for ratios and percentages, at most this for seconds and gigabytes.
    unit : str
        "×", "%", "s" or "GB".
    measured : callable
        From the findings to the figure; None if an answer is not right or the peer is missing.
    stretch : bool
    aside : callable
        The same ratio against all cores of the peer.
    """

    text: str
    bound: float
    unit: str
    measured: Callable[[Findings], float | None]
    stretch: bool = False
    aside: Callable[[Findings], float | None] = lambda findings: None

    def outcome(self, findings: Findings) -> str:
        """Return "met", or by what part of the bound the figure misses it, if there is a figure."""
        figure = self.measured(findings)
        if figure is None:
            return "not met: no right answer, or no peer"
        at_least = self.unit in "×%"
        if figure >= self.bound if at_least else figure <= self.bound:
            return "met"
        return f"missed by {abs(figure / self.bound - 1):.0%}"


def _stabkit(findings: Findings, work: str, mix: str, solver: str = "stabkit") -> float | None:
    own = findings.works[work][mix][solver]
    return own.seconds if own.verdict == "right" else None


def _ratio(findings: Findings, work: str, mix: str, peer: str, cores: bool) -> float | None:
    own = _stabkit(findings, work, mix)
    times = [
        m.seconds
        for name, m in findings.works[work][mix].items()
        if name.startswith(peer) and m.seconds and (_ALL_CORES in name) == cores
    ]
    return min(times) / own if own and times else None


def _faster(work: str, mix: str, peer: str, bound: float, stretch: bool = False) -> Goal:
    what = {"counts": "count", "roots": "all roots"}[work]
    return Goal(
        f"{what}, mix {mix}: ≥ {bound:g}× {peer}",
        bound,
        "×",
        lambda f: _ratio(f, work, mix, peer, cores=False),
        stretch,
        lambda f: _ratio(f, work, mix, peer, cores=True),
    )


def _within(work: str, mix: str, bound: float, stretch: bool = False) -> Goal:
    what = {"counts": "count", "roots": "all roots", "dominant": "dominant modes"}[work]
    text = f"{what}, mix {mix}: ≤ {bound:g} s"
    return Goal(text, bound, "s", lambda f: _stabkit(f, work, mix), stretch)


def _share(verdicts: Iterable[str]) -> float:
    found = list(verdicts)
    return 100 * found.count("right") / len(found)


def _own(findings: Findings, work: str) -> Iterator[str]:
    return (found["stabkit"].verdict for found in findings.works[work].values())


def _on_the_ladder(findings: Findings, solver: str) -> float:
    return _share(verdicts[solver] for verdicts in findings.ladder.values())


def _process(command: str, bound: float) -> Goal:
    return Goal(
        f"{command}, from process start: ≤ {bound:g} s",
        bound,
        "s",
        lambda f: f.processes[command],
        stretch=True,
    )


def _million(findings: Findings) -> Batch:
    return findings.batches["counts", "L up to 12"]


def _beside_polars(findings: Findings) -> float | None:
    own, polars = (findings.logs.get(name) for name in ("stabkit", "polars"))
    same = own and polars and own.totals == polars.totals
    return polars.seconds / own.seconds if own and polars and same else None


def _analysed(what: str, solver: str, bound: float) -> Goal:
    text = f"{what}, mix a (L = 10): ≤ {bound:g} s"
    return Goal(text, bound, "s", lambda f: _stabkit(f, "analysis", "a", solver))


_AT_ONE = "Azure conversation, a* = 1"
_AT_A_THOUSAND = "outputs 500-1490, 1 000 running, a* = 1"

GOALS = (
    Goal("count, every mix: right", 100, "%", lambda f: _share(_own(f, "counts"))),
    _faster("counts", "d", "MPSolve", 50),
    _faster("counts", "e1000", "MPSolve", 50),
    _faster("counts", "e", "MPSolve", 100),
    _faster("counts", "e500", "FLINT", 500),
    _within("counts", "f", 0.1),
    _faster("roots", "d", "MPSolve", 10),
    _faster("roots", "e1000", "MPSolve", 10),
    _faster("roots", "e", "MPSolve", 12),
    _faster("roots", "b", "FLINT", 25),
    _within("roots", "f", 12),
    _within("dominant", "f", 0.35),
    _within("dominant", "g", 1.6),
    _analysed("analysis", "stabkit", 0.02),
    _analysed("analysis with cross-check", CROSS_CHECKED, 0.1),
    Goal("ladder 2^-10 … 2^-100: right", 100, "%", lambda f: _on_the_ladder(f, "stabkit"), True),
    _faster("counts", "f", "MPSolve", 2000, stretch=True),
    _within("counts", "g", 0.3, stretch=True),
    _within("counts", "h6", 1.5, stretch=True),
    _within("counts", "h7", 30, stretch=True),
    Goal("count, mix h7: ≤ 6 GB", 6, "GB", lambda f: f.memory, stretch=True),
    Goal("unstable at L = 10^9: ≤ 0.2 s", 0.2, "s", lambda f: f.certificate, stretch=True),
    _faster("roots", "e", "MPSolve", 20, stretch=True),
    _within("dominant", "f", 0.1, stretch=True),
    _within("dominant", "g", 0.5, stretch=True),
    Goal(
        "50 000 steps of whole requests, a* = 1: ≤ 1 s",
        1,
        "s",
        lambda f: 50_000 / f.served[_AT_ONE].steps_per_second,
    ),
    Goal(
        "10^6 whole requests, a* = 1: ≤ 60 s",
        60,
        "s",
        lambda f: 1e6 / f.served[_AT_ONE].requests_per_second,
    ),
    Goal(
        "whole requests, 1 000 running: ≥ 50× a plain loop",
        50,
        "×",
        lambda f: f.served[_AT_A_THOUSAND].ratios["plain loop"],
    ),
    Goal("10^6 counts, L up to 12: ≤ 60 s", 60, "s", lambda f: _million(f).seconds),
    Goal("10^6 counts, L up to 12: ≥ 20× a loop", 20, "×", lambda f: _million(f).ratio),
    Goal("a log of 10^7 rows: ≤ 20 s", 20, "s", lambda f: f.logs["stabkit"].seconds),
    Goal("a log of 10^7 rows: ≤ 0.5 GB", 0.5, "GB", lambda f: f.logs["stabkit"].gigabytes),
    Goal("a log of 10^7 rows: ≥ 0.2× polars", 0.2, "×", _beside_polars, stretch=True),
    _process("stabkit --help", 0.3),
    _process("stabkit analyze (Azure conversation, L = 1000)", 2.0),
)
