"""What the lessons are: titles, goals, prerequisites, and the theorems that they speak of.

The list of ``stabkit lessons``, the first cell of every notebook, the decks and the worksheets are
all made from these records.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

__all__ = ["LESSONS", "Lesson", "lesson"]


@dataclass(frozen=True)
class Lesson:
    """A lesson.

    Attributes
    ----------
    number : int
        From 1 on.
    name : str
        The module of its notebook, ``name.py`` beside this file.
    title : str
    minutes : int
        For a first reading with the exercises.
    goals : tuple of str
        What a reader can do afterwards: prose with LaTeX mathematics between dollar signs.
    prerequisites : tuple of str
        Earlier lessons by number, or what a student brings along.
    theorems : tuple of str
        Labels of the records in `stabkit.theorems` that it speaks of.
    topics : tuple of str
        Topics of ``stabkit exercise`` that go with it.
    kinds : tuple of str
        The kinds of question among these that ask for nothing of a later lesson.
    """

    number: int
    name: str
    title: str
    minutes: int
    goals: tuple[str, ...]
    prerequisites: tuple[str, ...]
    theorems: tuple[str, ...]
    topics: tuple[str, ...]
    kinds: tuple[str, ...]

    @property
    def path(self) -> Path:
        """The notebook's file."""
        return Path(__file__).with_name(f"{self.name}.py")

    @property
    def header(self) -> str:
        """The first cell, as Markdown: title, time, goals, prerequisites."""
        goals = "\n".join(f"* {goal}" for goal in self.goals)
        needed = "; ".join(self.prerequisites)
        return (
            f"# Lesson {self.number}: {self.title}\n\n"
            f"*About {self.minutes} minutes. You need: {needed}.*\n\n"
            f"Afterwards you can\n\n{goals}\n"
        )


LESSONS: tuple[Lesson, ...] = (
    Lesson(
        1,
        "memory_that_grows",
        "Memory that grows while you serve",
        20,
        (
            "follow a server step by step with pencil and paper: execute, fit, admit or evict",
            "say where evicted work goes, and what it costs",
            "tell the equilibrium from the cycle that the server really runs on",
        ),
        ("arithmetic, and a pencil",),
        ("balance", "R6", "worst-cycle"),
        ("cycle",),
        ("by-hand", "worst-cycle"),
    ),
    Lesson(
        2,
        "one_class",
        "One kind of request: why the equilibrium never holds",
        30,
        (
            "write down the characteristic equation of one class and bound its roots",
            "show that every swing of the memory grows, whatever the prompt length",
            r"compute the worst cycle and its loss, up to one half of the throughput",
        ),
        ("lesson 1", "complex numbers"),
        ("R5", "R6", "worst-cycle", "R6a"),
        ("roots", "cycle"),
        ("annulus", "worst-cycle"),
    ),
    Lesson(
        3,
        "unit_circle",
        "Two kinds of requests and the unit circle",
        30,
        (
            "read a verdict off the roots: inside, on and outside of the unit circle",
            r"see modes cross the circle while the prompt length $s$ grows",
            "predict the synchronised modes from the gcd of the decode lengths",
        ),
        ("lesson 2",),
        ("kernel", "linear-stability", "R3b"),
        ("roots", "gcd"),
        ("single-root", "quadratic", "first-order-growth", "root-count"),
    ),
    Lesson(
        4,
        "survival",
        "The survival polynomial, the gcd and the cohorts",
        35,
        (
            r"write down the survival polynomial $A$ of a mix and split off its cyclotomic factors",
            r"use $F = (s + L) A - \lambda A'$ to predict where the roots of $F$ are",
            "see the cohorts of a mix as the cyclic classes of its renewal graph",
        ),
        ("lesson 3", "polynomials, roots of unity"),
        ("R1", "R2", "R3", "R3a", "renewal-graph"),
        ("gcd",),
        ("survival-polynomial", "renewal-graph", "synchronised-modes"),
    ),
    Lesson(
        5,
        "thresholds",
        "Coprime is not enough: thresholds",
        35,
        (
            r"find all stable prompt lengths of a mix and its threshold $s^*$, and say what is "
            r"proved beyond it and what is open below it",
            "read a stability chart",
            "estimate a threshold from mean and variance of the output length, and know its limits",
        ),
        ("lesson 4",),
        ("R7", "R8", "variance-law", "stable-inputs", "stable-inputs-open", "R9"),
        ("threshold", "gcd"),
        ("two-and-three", "variance-law", "minus-one", "gcd-theorem", "one-and-two"),
    ),
    Lesson(
        6,
        "limit_cycles",
        "When it breaks: limit cycles",
        40,
        (
            "list the limit cycles of a mix as necklaces, with their throughputs",
            "watch a synchronised server every g steps, as the same kind of server but smaller",
            "know a mix that is stable and yet never gets to its equilibrium from empty",
        ),
        ("lesson 4",),
        ("R6′", "R6b", "necklaces", "R10", "R12"),
        ("cycle", "starts"),
        ("necklace", "in-step", "level", "renormalisation"),
    ),
    Lesson(
        7,
        "policies",
        "What to do about it: admission policies and pooling",
        30,
        (
            "compare five admission policies by throughput, evictions and stability",
            r"find the largest stable gain, and the rate $a^*$ that needs no feedback",
            "decide whether two replicas should share their classes",
        ),
        ("lesson 2", "lesson 3"),
        ("greedy", "damped", "rate-limited", "headroom", "reservation"),
        ("policy", "starts"),
        ("reservation", "gain-of-two-steps", "headroom", "soft-start", "rate-limit"),
    ),
    Lesson(
        8,
        "real_traces",
        "A real trace and a real run",
        30,
        (
            "load a trace and find out whether its mix is steady",
            "hold a prediction against a measured run, with all caveats",
            "say what the model leaves out",
        ),
        ("lesson 5", "lesson 7"),
        ("R5", "R11", "kept-progress"),
        ("cycle", "starts", "policy"),
        ("first-eviction", "rate-limit", "no-start", "worst-cycle"),
    ),
    Lesson(
        9,
        "few_requests",
        "Few and random requests",
        35,
        (
            r"say from $V$ and $a^*$ whether a verdict can be seen in a run: $\sqrt{V / a^*}$",
            "explain why a stable mix swings with a period, and evicts now and then",
            "choose a watermark or a limit on running requests, and name its price",
        ),
        ("lesson 3", "lesson 7", "mean and variance"),
        ("R13", "R14", "R15", "R16", "R17", "watermark"),
        ("noise", "finite"),
        ("fano-factor", "overshoot", "safe-limit", "watermark", "visible-size", "safe-load"),
    ),
)


def lesson(name: str) -> Lesson:
    """Return the lesson of this module name."""
    return next(one for one in LESSONS if one.name == name)
