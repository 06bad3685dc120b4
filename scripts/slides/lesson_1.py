"""Lesson 1: a server by hand, its equilibrium, and the cycle on which it really runs."""

from __future__ import annotations

from fractions import Fraction

import stabkit

from .deck import WIDE, Cells, Deck

SERVER = stabkit.Workload.from_classes([(2, 2)], capacity=140)
START = [[21, 19]]


def run(steps: int) -> stabkit.Trajectory:
    """Return the run in whole requests, one request off the equilibrium."""
    return stabkit.simulate(SERVER, steps, arithmetic="integer", state=START, record_states=True)


def rows(first: int, last: int) -> Cells:
    """Return steps of the run: number, both stages, tokens, what happened."""
    found = run(last)
    listed = []
    for n in range(first, last + 1):
        young, old = map(int, found.states[n][0])
        out = int(found.evicted[n])
        said = f"{out} evicted" if out else f"{int(found.admitted[n])} admitted"
        listed.append((str(n), said if n else "", str(young), str(old), str(3 * young + 4 * old)))
    return tuple(listed)


def numbers() -> dict[str, object]:
    steady = stabkit.analyze(SERVER).equilibrium.admissions_per_step
    cycle = stabkit.cycles(SERVER).cycles[-1]
    worst = stabkit.necklace_cycles(SERVER)[-1].throughput
    late = run(14)
    return {
        "steady": steady,
        "worst": f"{float(worst):.1f}",
        "loss": 1 - worst / steady,
        "percent": f"{100 * float(1 - worst / steady):.1f}",
        "newcomers": int(late.admitted[14]),
        "need": 4 * int(late.admitted[14]),
        "out": int(late.evicted[13]),
        "kept": int(late.completed[14]),
        "wasted": cycle.wasted_token_fraction,
        "error": Fraction(4, 3),
        "error_two": Fraction(4, 3) ** 2,
        "error_ten": f"{float(Fraction(4, 3) ** 10):.0f}",
    }


HEADS, COLUMNS = ("step", "what happened", "stage 0", "stage 1", "tokens held"), "rlrrr"


TABLES = {
    "first": lambda: rows(0, 3),
    "drift": lambda: rows(4, 10),
    "evict": lambda: rows(11, 14),
}
FIGURES = {f"run_{n}": lambda n=n: stabkit.figure(run(n), size=WIDE, title="") for n in (9, 18, 40)}
DECK = Deck(numbers, TABLES, FIGURES)
