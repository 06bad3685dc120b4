"""A grid by row is what nested loops over its axes make, exactly, one by one and in arrays."""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from typing import Any

import pytest

from stabkit import InvalidWorkload, SweepPlan, Workload, unit_circle_counts
from stabkit.sweeps.results import results

TWO = [
    {"input_length": "s", "decode_length": "l1", "weight": "p"},
    {"input_length": 7, "decode_length": "l2", "weight": "rest"},
]
AXES: dict[str, Any] = {
    "s": {"from": 0, "to": 6, "step": 3},
    "l1": [2, 4],
    "p": ["1/3", 0.5],
    "l2": [3, 4, 5],
}


def plan(**changes: Any) -> SweepPlan:
    return SweepPlan.from_dict({"axis": AXES, "class": TWO, **changes})


def test_the_decode_lengths_are_outermost_and_the_last_axis_turns_fastest() -> None:
    loops = product([2, 4], [3, 4, 5], [0, 3, 6], [Fraction(1, 3), Fraction(1, 2)])
    expected = [
        Workload.from_classes([(s, l1, p), (7, l2, 1 - p)]).classes for l1, l2, s, p in loops
    ]
    found = plan()
    assert [found.mix(row).classes for row in range(len(found))] == expected
    assert len(expected) == 36


def test_columns_tell_what_the_mixes_are() -> None:
    found = plan()
    columns = found.cells.coordinates(5, 31)
    assert list(columns) == ["l1", "l2", "s", "p"]
    for row, (l1, l2, s, p) in enumerate(zip(*columns.values(), strict=True), start=5):
        first, second = found.mix(row).classes
        assert (first.decode_length, second.decode_length, first.input_length) == (l1, l2, s)
        assert float(first.share) == p


@pytest.mark.parametrize("rows", [(0, 36), (7, 23), (11, 12)])
def test_counts_in_arrays_are_those_of_each_mix(rows: tuple[int, int]) -> None:
    """Of l1 = l2 = 4, too, and of chunks that begin and end within a block."""
    found = plan()
    columns = results(["counts"], found.cells, *rows)
    for row in range(*rows):
        counts = unit_circle_counts(found.mix(row))
        expected = (counts.verdict, counts.inside, counts.on_circle, counts.outside)
        names = ("verdict", "inside", "on_circle", "outside")
        assert tuple(columns[name][row - rows[0]] for name in names) == expected


def test_inputs_that_are_no_integers_are_counted_one_by_one() -> None:
    """g = (s + 1, s + 2, (s + 3) / 2) of 2 and 3 steps in equal shares: marginal at s = 1 only."""
    halves = {"s": {"from": "1/2", "to": "3/2", "step": "1/2"}}
    classes = [{"input_length": "s", "decode_length": n} for n in (2, 3)]
    found = SweepPlan.from_dict({"axis": halves, "class": classes})
    columns = results(["counts"], found.cells, 0, 3)
    assert list(columns["verdict"]) == ["unstable", "marginal", "stable"]
    assert list(found.cells.batches(0, 3)) == []


def test_axes_that_are_zipped_and_axes_that_increase() -> None:
    zipped = plan(zip=[["l1", "p"]])
    assert len(zipped) == 2 * 3 * 3
    first = {
        (mix.classes[0].decode_length, mix.classes[0].share) for mix in map(zipped.mix, range(18))
    }
    assert first == {(2, Fraction(1, 3)), (4, Fraction(1, 2))}
    rising = plan(increasing=["l1", "l2"])
    lengths = [
        tuple(c.decode_length for c in rising.mix(row).classes) for row in range(len(rising))
    ]
    assert sorted(set(lengths)) == [(2, 3), (2, 4), (2, 5), (4, 5)]
    assert len(rising) == 4 * 3 * 2


@pytest.mark.parametrize("s", ["3", "7/2"])
def test_a_capacity_that_does_not_hold_every_request_leaves_a_reason(s: str) -> None:
    """Such a row is no mix, whether or not its inputs are integers; the next one is."""
    axes = {"s": [s], "B": [9, "1k"], "p": ["1/3"], "l1": [2], "l2": [3]}
    found = plan(capacity="B", axis=axes, compute=["counts", "radius", "finite"])
    columns = results(found.compute, found.cells, 0, 2)
    with pytest.raises(InvalidWorkload) as refused:
        found.mix(0)
    assert columns["reason"][0] == str(refused.value)
    assert "'capacity' must hold one request of every class" in columns["reason"][0]
    told = {name: column[0] for name, column in columns.items() if name != "reason"}
    assert set(told.values()) == {None}
    assert columns["verdict"][1] == unit_circle_counts(found.mix(1)).verdict
    assert columns["spectral_radius"][1] > 0


@pytest.mark.parametrize("weight", [2**63, 2**63 + 1, 2**64, "1e400", "1/9223372036854775808"])
def test_weights_beyond_the_integers_of_numpy(weight: Any) -> None:
    """Between 2^63 and 2^64 numpy makes doubles of some integers and int64 of others."""
    classes = [TWO[0] | {"input_length": 5}, TWO[1] | {"weight": 1}]
    given = {"axis": {"p": [weight, 1], "l1": [2], "l2": [4]}, "class": classes}
    found = SweepPlan.from_dict(given)
    columns = results(["counts"], found.cells, 0, 2)
    for row in range(2):
        counts = unit_circle_counts(found.mix(row))
        assert (columns["verdict"][row], columns["outside"][row]) == (
            counts.verdict,
            counts.outside,
        )
    assert found.cells.coordinates(0, 2)["p"][1] == 1


REFUSED = {
    "a weight that is no axis": ({"class": [TWO[0] | {"weight": "q"}]}, "name of an axis .*'q'"),
    "an axis of no use": ({"axis": AXES | {"z": [1]}}, "an axis must be used, and 'z' is not"),
    "no rest": ({"axis": AXES | {"p": [1]}}, "must sum to less than 1, not to 1"),
    "two rests": ({"class": [t | {"weight": "rest"} for t in TWO]}, "of one class, not of several"),
    "half a step": ({"axis": AXES | {"l1": ["5/2"]}}, "'decode_length' of class 1 .* not 5/2"),
    "a share of 0": ({"axis": AXES | {"p": [0]}}, "'weight' of class 1 must be positive"),
    "a negative input": ({"axis": AXES | {"s": [-1]}}, "'input_length' of class 1 .* not -1"),
    "an axis that falls": (
        {"axis": AXES | {"s": {"from": 2, "to": 1}}},
        "must rise, as from 1 to 2, not 2 to 1",
    ),
    "no step": (
        {"axis": AXES | {"s": {"from": 0, "to": 1, "step": 0}}},
        "'step' of axis 's' must be positive",
    ),
    "too long an axis": ({"axis": AXES | {"s": {"from": 0, "to": 10**6}}}, "values, not 1000001"),
    "one of a count": ({"axis": AXES | {"s": {"from": 0, "to": 1, "count": 1}}}, "must have 2 to"),
    "step and count": (
        {"axis": AXES | {"s": {"from": 0, "to": 1, "step": 1, "count": 2}}},
        "one of step and count",
    ),
    "texts for numbers": ({"axis": AXES | {"s": ["greedy"]}}, "must be a number, not 'greedy'"),
    "pairs of different lengths": ({"zip": [["s", "p"]]}, "as many values each, not s: 3, p: 2"),
    "an axis zipped twice": ({"zip": [["s", "p"], ["p", "l1"]]}, "each once, not 'p'"),
    "an unknown key": ({"axes": {}}, "a key of the plan must be one of name, compute, axis"),
    "a word of no meaning": ({"compute": ["count"]}, "a word of 'compute' must be 'counts'"),
    "the name of a result": (
        {"axis": AXES | {"inside": [1]}, "capacity": "inside"},
        "an axis must not be called 'inside'",
    ),
    "a finite server of no size": ({"compute": ["finite"]}, "'capacity' must be given"),
    "a policy of no name": ({"policy": "greed"}, "'greed'"),
    "a line among points": ({"line": "s"}, "where thresholds alone are computed"),
    "a capacity that is none": ({"capacity": []}, "'capacity' must be a number of tokens"),
    "a policy that is no text": ({"policy": 3}, "must be the names of axes, not"),
    "a line that is no text": ({"line": {}}, "'line' must be an axis that inputs alone use"),
    "axes that are no texts": ({"increasing": [[]]}, "must be the names of axes, not"),
    "axes that are no lists": ({"zip": [1]}, "must be the names of axes, not 1"),
    "an axis of no name": ({"axis": AXES | {"": [1]}}, "the name of axis '' must be a word"),
    "the name of a result in capitals": (
        {"axis": AXES | {"Verdict": [999]}, "capacity": "Verdict"},
        "an axis must not be called 'Verdict': a result is",
    ),
    "two names that differ in capitals alone": (
        {"axis": AXES | {"S": [999]}, "capacity": "S"},
        "an axis must not be called 'S': another one is, but for upper and lower case",
    ),
    "an input that is the rest": (
        {"class": [TWO[0] | {"input_length": "rest"}, TWO[1]]},
        "'input_length' of class 1 must be a number or the name of an axis",
    ),
    "a decode length that is the rest": (
        {"class": [TWO[0], TWO[1] | {"decode_length": "rest"}]},
        "'decode_length' of class 2 must be a number or the name of an axis",
    ),
    "a group of no axes": ({"zip": [[]]}, "'zip' and 'increasing' must name axes"),
    "too large a grid": (
        {
            "axis": AXES
            | {"s": {"from": 0, "to": 99_999}, "p": {"from": "1/9", "to": "8/9", "step": "1/29997"}}
        },
        "a grid must have at most 10.10 rows, not 13999200000",
    ),
    "no class": ({"class": []}, "'class' must be a list"),
}


@pytest.mark.parametrize(("changes", "message"), REFUSED.values(), ids=REFUSED)
def test_what_is_refused(changes: dict[str, Any], message: str) -> None:
    with pytest.raises((InvalidWorkload, ValueError), match=message):
        plan(**changes)
