"""What a workload's file may leave out."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from stabkit import Workload

TOML = """
[[class]]
input_length = 10
decode_length = 3
weight = 2

[[class]]
input_length = 5
decode_length = 7
"""


def test_a_class_without_a_weight_has_the_weight_one(tmp_path: Path) -> None:
    file = tmp_path / "mix.toml"
    file.write_text(TOML)
    assert [c.share for c in Workload.from_file(file).classes] == [Fraction(2, 3), Fraction(1, 3)]
    record = {
        "classes": [
            {"input_length": 10, "decode_length": 3},
            {"input_length": 5, "decode_length": 7, "share": "1/3"},
        ]
    }
    mix = Workload.from_dict(record)
    assert [c.share for c in mix.classes] == [Fraction(3, 4), Fraction(1, 4)]


@pytest.mark.parametrize("capacity", [None, 500])
def test_a_file_may_lack_a_name_and_a_capacity(tmp_path: Path, capacity: int | None) -> None:
    file = tmp_path / "short-name.toml"
    file.write_text(TOML)
    mix = Workload.from_file(file, capacity)
    assert (mix.name, mix.capacity) == ("short-name", capacity)
