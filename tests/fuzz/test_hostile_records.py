"""Records that are read back, with something else in each of their places: read or refused.

For an analysis its JSON Schema is the oracle, read by a validator of another project. What would be
read for ever hangs here.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import reduce
from operator import getitem
from typing import Any

import pytest
from jsonschema_rs import Draft202012Validator

import stabkit
from stabkit.publish.schemas import schemas

HOSTILE: list[Any] = [
    "1e999999999", "1e-999999999", "1e400", "nan", "sNaN", "Infinity", "-inf", "1/0", "1_0", " 1",
    "1\n", "\u0663", "x", "", "9" * 5000, "0." + "9" * 5000, "-5", "1/3", "0.5", -3, 0, 10**400,
    10**5000, 1e308, -0.5, float("nan"), float("inf"), True, None, [], [1], ["x", None],
    [["x", None]], {}, {"a": 1}, b"1", 1j,
]  # fmt: skip
MIX = stabkit.Workload.from_classes([(5, 3), (9, 6)], 1000, request_count=10)
PLANS: list[dict[str, Any]] = [
    {"mixes": ["5:3 5:6", {"mix": "5:3", "capacity": "100", "policy": "damped:1/2"}]},
    {"mixes": [{"class": [{"input_length": 5, "decode_length": 3, "weight": "1/2"}]}]},
    {
        "name": "grid",
        "compute": ["counts", "finite"],
        "axis": {"s": {"from": 0, "to": 9, "count": 2}, "p": ["1/4", "1/2"], "l": [3, 4]},
        "class": [
            {"input_length": "s", "decode_length": "l", "weight": "p"},
            {"input_length": 9, "decode_length": 5, "weight": "rest"},
        ],
        "capacity": "1000",
        "policy": "greedy",
        "zip": [["p", "s"]],
        "increasing": ["l"],
    },
]


def analysis_record() -> dict[str, Any]:
    """Return the JSON of an analysis in which nothing is null that need not be."""
    found = stabkit.analyze(MIX)
    start = stabkit.certify_start(MIX).summary
    drawn = stabkit.bootstrap(MIX, resamples=3)
    return replace(found, certified_start=start, bootstrap=drawn).to_dict()


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the path of every value within a document, and of the document."""
    yield path
    if isinstance(value, (dict, list)):
        for key in value if isinstance(value, dict) else range(len(value)):
            yield from places(value[key], (*path, key))


def replaced(document: Any, path: Sequence[Any], value: Any) -> Any:
    """Return the document with another value at a path; what is beside that is shared."""
    if not path:
        return value
    key, *rest = path
    changed = document.copy()
    changed[key] = replaced(document[key], rest, value) if rest else value
    return changed


def hostile(document: Any) -> Iterator[Any]:
    """Yield the document with each of the hostile values in each place."""
    for path in places(document):
        yield from (replaced(document, path, value) for value in HOSTILE)


def with_unknown_keys(document: Any) -> Iterator[Any]:
    """Yield the document with a key that nobody knows in each of its objects."""
    for path in places(document):
        if isinstance(reduce(getitem, path, document), dict):
            yield replaced(document, (*path, "unheard"), 1)


def accepted(read: Callable[[Any], Any], document: Any) -> Any:
    """Return what is read of a document; None if it is refused."""
    try:
        return read(document)
    except stabkit.StabkitError:
        return None


@pytest.mark.slow
def test_an_analysis_is_read_only_if_its_schema_allows_it() -> None:
    record = analysis_record()
    allows = Draft202012Validator(schemas("analysis/1")[0].document).is_valid
    assert allows(record)
    read = 0
    for changed in hostile(record):
        found = accepted(stabkit.Analysis.from_dict, changed)
        if found is not None:
            read += 1
            assert allows(changed), changed
            assert json.dumps(found.to_dict(), allow_nan=False)
    assert read > 100
    for changed in with_unknown_keys(record):  # which a newer version may have written
        assert accepted(stabkit.Analysis.from_dict, changed) is not None


def test_the_text_of_an_analysis_that_is_read() -> None:
    record = analysis_record()
    for path in places(record):
        for value in ("0", "1e308", "-5", 0, 10**308, -0.5):
            found = accepted(stabkit.Analysis.from_dict, replaced(record, path, value))
            assert found is None or stabkit.text(found)


@pytest.mark.parametrize(
    ("read", "document"),
    [(stabkit.Workload.from_dict, MIX.to_dict())]
    + [(stabkit.SweepPlan.from_dict, plan) for plan in PLANS],
)
def test_workloads_and_plans(read: Callable[[Any], Any], document: dict[str, Any]) -> None:
    assert accepted(read, document) is not None
    for changed in (*hostile(document), *with_unknown_keys(document)):
        found = accepted(read, changed)
        if found is not None:
            assert json.dumps(found.given if hasattr(found, "given") else found.to_dict())
            assert stabkit.text(found)
