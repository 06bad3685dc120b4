"""Cycles as text and JSON: what must be listed, and numbers that are the record's own."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from fractions import Fraction

import pytest

from stabkit.analysis.cycles.cycles import cycles
from stabkit.model.workload import Workload
from stabkit.publish.text.cycles import cycles_record, cycles_text

R12 = Workload.from_classes([(0, 6, 2), (5, 1, 3)])


@pytest.fixture(scope="module")
def r12():
    return cycles(R12)


def test_the_keys_of_the_interface(r12):
    record = json.loads(json.dumps(cycles_record(r12), allow_nan=False))
    assert {"cycles", "run"} <= set(record)
    wanted = {
        "kind",
        "period",
        "composition",
        "throughput_ratio",
        "request_ratio",
        "attracting",
        "states",
    }
    for cycle in record["cycles"]:
        assert wanted <= set(cycle)
        assert cycle["kind"] in {"level", "necklace", "synchronized", "observed"}
    assert record["run"]["start"] == "empty"
    assert record["run"]["period"] == 29
    assert record["run"]["cycle"] == 1
    assert wanted - {"states"} <= set(record["run"])


def test_states_are_requests_by_class_and_stage(r12):
    cycle = cycles_record(r12)["cycles"][1]
    assert len(cycle["states"]) == 29
    for state in cycle["states"]:
        assert [len(stages) for stages in state] == [6, 1]
        held = sum(
            Fraction(n) * (c.input_length + j + 1)
            for c, stages in zip(R12.classes, state, strict=True)
            for j, n in enumerate(stages)
        )
        assert held == Fraction(2 * 21 + 3 * 6, 5)  # the memory is full: B = G(1)


def test_states_that_are_too_many_are_null():
    record = cycles_record(cycles(Workload.from_classes([(0, 500)]), max_steps=1000))
    assert record["cycles"][-1]["states"] is None
    assert record["cycles"][-1]["throughput_ratio"] == "501/1000"


def test_a_given_state_is_what_is_observed():
    record = cycles_record(cycles(R12, [["1/3", 0, 0, 1, 0, 0], [2]]))
    assert record["run"]["start"] == "given"
    assert len(record["observations"]) == 3


def test_the_text_says_what_was_found(r12):
    text = cycles_text(r12)
    assert "0.559" in text
    assert "AAAAAEAAAAAAEAAAAAAAEAAAAAAEA" in text
    assert "From empty: on cycle 2" in text
    assert "From near the equilibrium: on cycle 1" in text
    assert text.endswith("\n")
    assert max(map(len, text.splitlines())) <= 100


def test_the_text_of_no_cycle():
    text = cycles_text(cycles(Workload.from_classes([(5, 3), (5, 5)]), max_steps=20_000))
    assert "no cycle of period <= 2,000" in text
    assert "rotation number 0.38508" in text


def test_the_text_of_many_cycles():
    """Of the 59 necklaces of 9 (by Burnside (512 + 2 * 8 + 6 * 2)/9 - 1) all are there in full."""
    found = cycles(Workload.from_classes([(5, 9)]))
    text, full = cycles_text(found), cycles_text(found, full=True)
    assert "(50 cycles more; --full shows all)" in text
    assert "level 8 (9)" in text
    assert "necklace" not in text
    assert text.count("\n") <= 24
    assert "necklace (2×4 1)" in full
    assert [line.split()[0] for line in full.splitlines()[3:62]] == [str(n) for n in range(1, 60)]


def test_at_most_twelve_cycles_are_shown_and_those_that_may_attract_are_among_them():
    """Of 13 the levels of l = 13 are 12, and the equilibrium is one more: the last one attracts."""
    text = cycles_text(cycles(Workload.from_classes([(5, 13)])))
    assert (shown_in(text), "level 12 (13)" in text) == ([*range(1, 12), 13], True)
    assert "(1 cycle more; --full shows all)" in text
    found = replace(cycles(Workload.from_classes([(5, 6)])), observations=())
    assert shown_in(cycles_text(found)) == [1, 2, 6, 10, 12, 13]
    undecided = replace(found.cycles[6], attracting=None)
    some = replace(found, cycles=(*found.cycles[:6], undecided, *found.cycles[7:]))
    assert shown_in(cycles_text(some)) == [1, 2, 6, 7, 10, 12, 13]
    assert shown_in(cycles_text(replace(found, cycles=found.cycles[:12]))) == [*range(1, 13)]


def shown_in(text):
    """Return the numbers of the cycles in the table of a text."""
    return list(map(int, re.findall(r"^(\d+) +[a-z]", text, re.MULTILINE)))


def test_the_renormalised_mix_is_named():
    text = cycles_text(cycles(Workload.from_classes([(0, 12, 2), (10, 2, 3)])))
    assert "every 2 steps, it is the mix 0:6 (40 %), 5:1 (60 %): stable." in text
