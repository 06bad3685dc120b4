"""What may be given for a workload."""

from __future__ import annotations

from pathlib import Path

import pytest

import stabkit
from stabkit import InvalidWorkload, Workload, as_workload

MIX = Workload.from_classes([(5, 3), (5, 5)])


@pytest.mark.parametrize(
    "given",
    [
        "5:3 5:5",
        "  5:3\n5:5:1 ",
        "5.0:3:1/2 5:5:0.5",
        [(5, 3), (5, 5)],
        ((5, 3, 2), (5, 5, 2)),
        iter([(5, 3), (5, 5)]),
        MIX.classes,
    ],
)
def test_the_same_mix_in_many_forms(given: object) -> None:
    assert as_workload(given) == MIX


def test_numbers_are_read_exactly() -> None:
    assert as_workload("0.1:3").classes[0].input_length.denominator == 10


def test_a_workload_is_returned_as_it_is() -> None:
    mix = Workload.from_classes([(5, 3)], capacity=100, name="mine")
    assert as_workload(mix) is mix


def test_a_packaged_name() -> None:
    assert as_workload("homogeneous") == Workload.named("homogeneous")


@pytest.mark.parametrize("form", [str, Path])
def test_a_file(tmp_path: Path, form: type) -> None:
    path = tmp_path / "a mix.json"
    path.write_text('{"capacity": 90, "class": [{"input_length": 5, "decode_length": 3}]}')
    expected = Workload.from_classes([(5, 3)], capacity=90, name="a mix")
    assert as_workload(form(path)) == expected


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (3, "'mix' must be a Workload, text such as '5:3 5:5' or pairs, not 3."),
        ("azure", r"a packaged name \(nearest: azure-c\w+-2023\), not 'azure'"),
        ("5:3 5", "'mix' must be classes .*; '5' is not a class"),
        ("5:3:1:1", "'5:3:1:1' is not a class"),
        ("5:3,5:5", "with spaces between them, .*; '5:3,5:5' is not a class"),
        ("5:3, 5:5", "with spaces between them, .*; '5:3,' is not a class"),
        ("5:x", "'decode_length' of class 1 must be an integer, not 'x'"),
        ("", "must hold at least one class"),
        ([(5, 3, 1, 1)], "class 1 must be"),
        (Path("no-such.toml"), "must be a readable file"),
    ],
)
def test_what_describes_none(given: object, message: str) -> None:
    with pytest.raises(InvalidWorkload, match=message):
        stabkit.analyze(given)  # type: ignore[arg-type]
