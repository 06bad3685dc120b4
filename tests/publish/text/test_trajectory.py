"""Trajectories as text lose nothing: what is read back equals the arrays."""

import csv
import json
from fractions import Fraction
from io import StringIO
from typing import Any

import pytest

from stabkit.dynamics.simulator import simulate
from stabkit.model.workload import Workload
from stabkit.publish.text.trajectory import (
    COLUMNS,
    trajectory_csv,
    trajectory_record,
    trajectory_text,
)

MIX = Workload.from_classes([(2, 2, "1/3"), (5, 3, "2/3")], capacity=140)
READ: dict[str, Any] = {"float": float, "exact": Fraction, "integer": int}


@pytest.mark.parametrize("arithmetic", ["float", "exact", "integer"])
def test_csv_reads_back_as_the_arrays(arithmetic: str) -> None:
    run, read = simulate(MIX, 25, arithmetic), READ[arithmetic]
    header, *rows = csv.reader(StringIO(trajectory_csv(run)))
    assert header == ["step", *COLUMNS, "completed_1", "completed_2"]
    assert [int(row[0]) for row in rows] == list(range(26))
    for column, name in enumerate(COLUMNS, start=1):
        assert [read(row[column]) for row in rows] == list(getattr(run, name))
    by_class = [[read(cell) for cell in row[-2:]] for row in rows]
    assert by_class == [list(row) for row in run.completed_by_class]


@pytest.mark.parametrize("arithmetic", ["float", "exact", "integer"])
def test_json_reads_back_as_the_arrays(arithmetic: str) -> None:
    run, read = simulate(MIX, 25, arithmetic), READ[arithmetic]
    record = json.loads(json.dumps(trajectory_record(run), allow_nan=False))
    assert (record["schema"], record["steps"]) == ("stabkit.trajectory/2", 25)
    assert record["workload"]["name"] == MIX.name
    for name in COLUMNS:
        assert [read(value) for value in record[name]] == list(getattr(run, name))


@pytest.mark.parametrize(
    ("policy", "parameters", "told"),
    [
        ("damped:1/5", {"gain": "1/5"}, "damped, gain 0.2, float"),
        ("rate-limited:1.05", {"rate_over_equilibrium": "21/20"}, "rate over equilibrium 1.05,"),
        ("greedy", {}, "greedy, float"),
    ],
)
def test_the_parameters_of_the_policy_are_told(
    policy: str, parameters: dict[str, str], told: str
) -> None:
    run = simulate(MIX, 3, policy=policy)
    assert trajectory_record(run)["parameters"] == parameters
    assert told in trajectory_text(run)


def test_more_than_16_classes_are_not_listed_in_csv() -> None:
    many = Workload.from_classes([(1, length) for length in range(1, 18)])
    assert trajectory_csv(simulate(many, 1)).splitlines()[0] == ",".join(("step", *COLUMNS))


@pytest.mark.slow
def test_exact_numbers_of_any_length_are_written_in_full() -> None:
    run = simulate(Workload.from_classes([(5, 3, 1), (4, 2, 3), (7, 5, 1)]), 2000, "exact")
    last = trajectory_csv(run).splitlines()[-1].split(",")
    assert max(map(len, last)) > 4300
