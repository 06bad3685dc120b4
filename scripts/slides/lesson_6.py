"""Lesson 6: limit cycles, necklaces, renormalisation, and a stable mix that evicts for ever."""

from __future__ import annotations

from fractions import Fraction

import stabkit

from .beamer import number
from .deck import PANELS, SQUARE, WIDE, Cells, Deck

ONE = stabkit.Workload.from_classes([(2, 4)], 336)
SHARED = stabkit.Workload.from_classes([(5, 3), (5, 6)], 1000)
BISTABLE = stabkit.Workload.from_classes([(0, 6, 2), (5, 1, 3)], 1200)
SHOWN = ((1, 1, 1, 1), (2, 1, 1), (2, 2), (4,))


def joined(composition: tuple[int, ...]) -> str:
    return " + ".join(map(str, composition))


def beads(composition: tuple[int, ...]) -> str:
    """Return the ring as beads, stage 0 first: full where requests are."""
    full = {sum(composition[:k]) % sum(composition) for k in range(len(composition))}
    size = sum(composition)
    ring = (r"{\bullet}" if (j + 1) % size in full else r"{\circ}" for j in range(size))
    return "$" + r"\,".join(ring) + "$"


def necklaces() -> Cells:
    rows = []
    for cycle in stabkit.necklace_cycles(ONE):
        ratio = cycle.throughput_ratio
        listed = (joined(cycle.composition), beads(cycle.composition), str(cycle.period))
        rows.append((*listed, f"${number(cycle.throughput)}$", f"{100 * float(ratio):.0f} %"))
    return tuple(rows)


def how_many() -> Cells:
    mixes = (stabkit.Workload.from_classes([(1, n)]) for n in range(2, 9))
    return (("cycles", *(str(len(stabkit.necklace_cycles(mix))) for mix in mixes)),)


def from_empty() -> stabkit.LimitCycle:
    """Return the cycle on which the bistable mix ends from empty."""
    seen = stabkit.cycles(BISTABLE).observations
    return next(one.cycle for one in seen if one.start == "empty")


def numbers() -> dict[str, object]:
    two = stabkit.necklace_cycle(ONE, [2, 2])
    small = stabkit.renormalized(SHARED)
    cycle = from_empty()
    largest = max(abs(complex(root.value)) for root in cycle.multipliers.multipliers)
    return {
        "steady": stabkit.necklace_cycle(ONE, [1] * 4).throughput,
        "two_two": two.throughput,
        "two_state": ", ".join(map(number, two.states[0])),
        "two_ratio": two.throughput_ratio,
        "small": " and ".join(
            f"$({number(Fraction(c.input_length))}, {c.decode_length})$" for c in small.classes
        ),
        "small_verdict": stabkit.unit_circle_counts(small).verdict,
        "shared_loss": stabkit.synchronized_loss(SHARED),
        "decay": stabkit.unit_circle_counts(BISTABLE).inside,
        "period": cycle.period,
        "tokens": f"{100 * float(cycle.throughput_ratio):.1f}",
        "multiplier": f"{largest:.2f}",
    }


def cycle(composition: tuple[int, ...]) -> stabkit.CyclePicture:
    found = stabkit.necklace_cycle(ONE, list(composition))
    start = [list(found.states[0])]
    return stabkit.cycle_picture(ONE, start, found.period, joined(composition))


def nearly() -> list[list[float]]:
    """Return the equilibrium of the bistable mix with one stage 5 % too small."""
    a = float(stabkit.analyze(BISTABLE, crosscheck=False).equilibrium.admissions_per_step)
    return [[0.4 * a, 0.38 * a, *[0.4 * a] * 4], [0.6 * a]]


def roots_of(workload: stabkit.Workload) -> stabkit.RootPicture:
    return stabkit.root_picture(workload, stabkit.roots(workload, 20), "stable")


TABLES = {
    "necklaces": necklaces,
    "how_many": how_many,
}
FIGURES = {
    **{
        "cycle_" + "".join(map(str, one)): lambda one=one: stabkit.figure(
            cycle(one), size=PANELS, title=""
        )
        for one in SHOWN
    },
    "shared": lambda: stabkit.figure(stabkit.cycles(SHARED), size=PANELS, title=""),
    "roots": lambda: stabkit.figure(roots_of(BISTABLE), size=SQUARE, title=""),
    "run_near": lambda: stabkit.figure(
        stabkit.simulate(BISTABLE, 200, state=nearly()), size=WIDE, title=""
    ),
    "run_empty": lambda: stabkit.figure(stabkit.simulate(BISTABLE, 200), size=WIDE, title=""),
}
DECK = Deck(numbers, TABLES, FIGURES)
