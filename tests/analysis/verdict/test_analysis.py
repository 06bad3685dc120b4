"""Reading an analysis back: what is not of the schema is refused with a message."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from stabkit import Analysis, InvalidArgument, Workload, analyze

SCHEMA_KEYS = {
    "schema", "version", "workload", "kernel", "gcd", "verdict", "certified", "method", "counts",
    "spectral_radius", "dominant_modes", "synchronized_modes", "gcd_theorem", "threshold",
    "equilibrium", "synchronized_cycle", "simulation",
}  # fmt: skip


@pytest.fixture(scope="module")
def record() -> dict[str, Any]:
    return analyze(Workload.named("coprime-unstable")).to_dict()


def test_the_schema_of_the_interface(record: dict[str, Any]) -> None:
    assert set(record) >= SCHEMA_KEYS
    assert record["schema"] == "stabkit.analysis/1"
    assert set(record["workload"]) == {"name", "class_count", "classes", "capacity"}
    assert record["kernel"] == {"length": 5, "sum": "61/2"}
    assert set(record["counts"]) == {"inside", "on_circle", "outside"}
    assert len(record["spectral_radius"]["value"].replace(".", "")) >= 30
    assert set(record["simulation"]) == {
        "steps", "agrees", "tolerance", "growth_predicted", "growth_measured", "throughput_ratio",
        "request_ratio", "completed_shares", "wasted_token_fraction", "evictions_per_step",
        "from_empty_ratio", "reason",
    }  # fmt: skip


def test_at_most_64_classes_are_shown() -> None:
    a = analyze(Workload.from_classes((5, n) for n in range(1, 100)), crosscheck=False)
    assert (a.workload.class_count, len(a.workload.classes)) == (99, 64)
    assert Analysis.from_dict(a.to_dict()) == a


def test_a_root_of_a_thousand_zeros_is_read_back() -> None:
    """The radius of its enclosure has an exponent of four digits."""
    mix = Workload.from_classes([(5, 1, 10**500), (5, 2, Fraction(1, 10**490))])
    found = analyze(mix, crosscheck=False)
    assert found.spectral_radius is not None
    assert found.spectral_radius.radius.adjusted() < -1000
    assert Analysis.from_dict(found.to_dict()) == found


def test_keys_that_a_newer_version_added_are_passed_over(record: dict[str, Any]) -> None:
    newer = record | {"weather": "fine", "kernel": record["kernel"] | {"mass": 1}}
    assert Analysis.from_dict(newer) == Analysis.from_dict(record)


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        (["schema"], "stabkit.analysis/2", "'schema' must be 'stabkit.analysis/1'"),
        (["verdict"], "maybe", "'Analysis.verdict' must be 'stable' or"),
        (["gcd"], "1", "'Analysis.gcd' must be an integer from 1 to 10.308, not '1'"),
        (["gcd"], True, "'Analysis.gcd' must be an integer"),
        (["certified"], 1, "'Analysis.certified' must be true or false"),
        (["kernel", "sum"], "1/0", "'Analysis.kernel.sum' must be exact text"),
        (["kernel", "sum"], "1e999999999", r"'Analysis.kernel.sum' must be .* '1e999999999'"),
        (["kernel", "sum"], 2.5, "'Analysis.kernel.sum' must be exact text"),
        (["threshold", "stable_intervals"], [["1"]], r"intervals\[0\]' must be 2 items"),
        (["threshold", "stable_intervals"], [["1", "2", "3"]], r"\[0\]' must be 2 items"),
        (["counts"], None, "'Analysis.counts' must be an object"),
        (["dominant_modes"], {}, "'Analysis.dominant_modes' must be a list"),
    ],
)
def test_other_records_are_refused(
    record: dict[str, Any], path: list[str], value: Any, message: str
) -> None:
    changed = {**record}
    target = changed
    for key in path[:-1]:
        target[key] = {**target[key]}
        target = target[key]
    target[path[-1]] = value
    with pytest.raises(InvalidArgument, match=message):
        Analysis.from_dict(changed)


def test_a_missing_field_is_named(record: dict[str, Any]) -> None:
    changed = {k: v for k, v in record.items() if k != "gcd"}
    with pytest.raises(InvalidArgument, match=r"'Analysis.gcd' must be present"):
        Analysis.from_dict(changed)
    with pytest.raises(InvalidArgument, match="'schema' must be"):
        Analysis.from_dict([])
