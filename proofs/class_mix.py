"""Chapter 5, continued: evictions change the class mix."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from sympy import Ge, symbols

from stabkit import (
    LimitCycle,
    Workload,
    cycles,
)
from stabkit.model.enclosure import RealEnclosure
from stabkit.theorems.claims import Claim, Quantity
from stabkit.theorems.evidence import Enclosed, ExactFinite, Identity
from stabkit.theorems.records import Step, Theorem, Witness

from .evicting_cycles import (
    about,
    cohorts_of,
    comes_back,
    itinerary_of,
    observed_orbit,
    per_equilibrium,
    run_from_empty,
)

__all__ = ["THEOREMS"]

_p, _x = symbols("p x")
_fewest, _requests, _tokens, _requests_2, _tokens_2 = symbols("E_0 R_1 T_1 R_2 T_2")
_RICH = [(0, 6, 8), (0, 10, 8), (0, 1, 7)]
_MORE = [(1, 1, 4), (1, 6, 1)]


def _ratio(classes: list[tuple[int, int, int]], tokens: bool) -> RealEnclosure:
    ratio = per_equilibrium(observed_orbit(tuple(classes)), tokens=tokens)
    return RealEnclosure(ratio, ratio)


@dataclass(frozen=True)
class Orbits:
    """An orbit of the two classes and one of the three: those that evict, or the equilibria."""

    evicting: bool

    def evictions(self) -> int:
        """Return the smaller number of steps that evict in a period."""
        if not self.evicting:
            return 0
        return min(
            sum(1 for j in itinerary_of(observed_orbit(tuple(c))[1]) if j) for c in (_MORE, _RICH)
        )

    def ratio(self, classes: list[tuple[int, int, int]], tokens: bool) -> Fraction:
        """Return what completes over the equilibrium's."""
        if not self.evicting:
            return Fraction(1)
        return per_equilibrium(observed_orbit(tuple(classes)), tokens=tokens)


CLASS_MIX = Theorem(
    label="class-mix",
    title="Evictions change the class mix",
    claim=Claim(
        objects=lambda rng: (Orbits(True), Orbits(False)),
        quantities=(
            Quantity(
                _fewest,
                "the least number of steps that evict in a period of two exact orbits: the first "
                "of the classes (input, decode length, share) $(1, 1, 4/5)$, $(1, 6, 1/5)$, the "
                "second of $(0, 6, 8/23)$, $(0, 10, 8/23)$, $(0, 1, 7/23)$",
                Orbits.evictions,
            ),
            Quantity(
                _requests,
                "the completed requests over the equilibrium's on the first orbit",
                lambda x: x.ratio(_MORE, False),
            ),
            Quantity(
                _tokens,
                "the completed tokens over the equilibrium's on the first orbit",
                lambda x: x.ratio(_MORE, True),
            ),
            Quantity(
                _requests_2,
                "the completed requests over the equilibrium's on the second orbit",
                lambda x: x.ratio(_RICH, False),
            ),
            Quantity(
                _tokens_2,
                "the completed tokens over the equilibrium's on the second orbit",
                lambda x: x.ratio(_RICH, True),
            ),
        ),
        hypotheses=(Ge(_fewest, 1),),
        conclusions=(
            *about(_requests, "1.0866"),
            *about(_tokens, "1.0057"),
            *about(_requests_2, "1.5354"),
            *about(_tokens_2, "0.8901"),
        ),
        least=1,
    ),
    uses=("balance", "R11"),
    code=("stabkit.cycles", "stabkit.LimitCycle"),
    steps=(
        Step(
            "share",
            r"Let all requests of the short class complete and the fraction $1 - x$ of the long "
            r"class be evicted on the way: the completed shares are $p : (1 - p) x$, no longer $p "
            r": 1 - p$. The short class gains",
            Identity(
                _p / (_p + (1 - _p) * _x) - _p,
                _p * (1 - _p) * (1 - _x) / (_p + (1 - _p) * _x),
            ),
        ),
        Step(
            "orbits",
            r"Exact runs from the first states of two orbits are back after 509 and 36 steps, and "
            r"not before.",
            ExactFinite(
                "whether they are, and the periods",
                "two orbits",
                lambda: [(observed_orbit(tuple(_MORE)), 509), (observed_orbit(tuple(_RICH)), 36)],
                lambda case: (comes_back(*case[0]), case[0][1].period),
                lambda case: (True, case[1]),
            ),
        ),
        *(
            Step(
                f"{what}-{len(classes)}",
                f"Completed {what} of the {len(classes)} classes over one period, relative to the "
                "equilibrium's.",
                Enclosed(
                    "the quotient",
                    lambda classes=classes, what=what: _ratio(classes, what == "tokens"),  # type: ignore[misc]
                    Fraction(value) - Fraction(1, 20_000),
                    Fraction(value) + Fraction(1, 20_000),
                ),
            )
            for classes, values in (
                (_MORE, (("requests", "1.0866"), ("tokens", "1.0057"))),
                (_RICH, (("requests", "1.5354"), ("tokens", "0.8901"))),
            )
            for what, value in values
        ),
    ),
    checks=(
        Step(
            "from-empty",
            r"The exact run from empty gets onto the orbit of the three classes.",
            ExactFinite(
                "whether one of the states 241 to 300 is its first state, up to a factor",
                "one run",
                lambda: [observed_orbit(tuple(_RICH))],
                lambda found: _lands(*found),
                lambda found: True,
            ),
        ),
        Step(
            "code",
            r"The ratios that the code reports.",
            ExactFinite(
                "requests and tokens",
                "both orbits",
                lambda: [observed_orbit(tuple(_MORE)), observed_orbit(tuple(_RICH))],
                lambda found: (found[1].request_ratio, found[1].throughput_ratio),
                lambda found: (
                    per_equilibrium(found, tokens=False),
                    per_equilibrium(found, tokens=True),
                ),
            ),
        ),
    ),
    sharpness=(
        Witness(
            Ge(_fewest, 1),
            r"At the equilibrium every class completes $p_k$ of all.",
            ExactFinite(
                "completed shares",
                "one mix",
                lambda: [Workload.from_classes(_RICH)],
                lambda mix: cycles(mix).cycles[0].completed_shares,
                lambda mix: tuple(c.share for c in mix.classes),
            ),
        ),
    ),
    lesson=(
        r"A server that evicts long requests completes many short ones. Its requests per second "
        r"look splendid. So count tokens, and look at every class: here a third of the admissions "
        r"gets 3.3 times what it should, and the others get three quarters."
    ),
)


def _lands(mix: Workload, cycle: LimitCycle) -> bool:
    first = cohorts_of(cycle)[0]
    return any(state == first for state in run_from_empty(mix, 300))


THEOREMS = (CLASS_MIX,)
