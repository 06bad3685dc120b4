"""Sizing: closed forms, and what blocks do to the verdict."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from stabkit.analysis.sizing import sizing
from stabkit.errors import InvalidArgument, InvalidWorkload
from stabkit.model.workload import Workload


def test_one_class_by_hand() -> None:
    """65 tokens times steps per request: 10 a step, 50 in service; 650 / 15 in the worst cycle."""
    found = sizing(Workload.from_classes([(10, 5)], 650))
    assert (found.admissions, found.requests, found.always) == (10, 50, 43)
    assert found.worst_cycle == found.reserved == Fraction(130, 3)
    assert found.watermark == Fraction(4, 15)
    assert found.verdict == "unstable"
    assert found.mode is not None
    assert found.mode.half_life is None


def test_rounding_to_blocks_can_change_the_verdict() -> None:
    """All of 11 to 15 tokens take one block of 16: 1 + z + ... + z^4 has its zeros on the circle.

    650 tokens are 40 whole blocks: 8 admissions per step, 40 in service.
    """
    blocks = sizing(Workload.from_classes([(10, 5)], 650), block_size=16).blocks
    assert blocks is not None
    assert (blocks.admissions, blocks.requests) == (8, 40)
    assert blocks.verdict == "marginal"


def test_blocks_of_one_token_change_nothing() -> None:
    mix = Workload.from_classes([(5, 3), (7, 5), (0, 4)], 1000)
    found = sizing(mix, block_size=1)
    assert found.blocks is not None
    assert found.blocks.requests == found.requests
    assert found.blocks.verdict == found.verdict
    assert found.watermark is None
    assert found.worst_cycle is None


def test_the_measured_run(shared: Path) -> None:
    """Oracle: MODEL.md section 8, 34.39 and, in blocks of 16 tokens, 34.18."""
    path = next((shared / "data" / "vllm_rtx4090").glob("*requests.jsonl"))
    found = sizing(Workload.from_file(path, 41_408, merge=False), block_size=16)
    assert float(found.requests) == pytest.approx(34.39, abs=5e-3)
    assert found.blocks is not None
    assert float(found.blocks.requests) == pytest.approx(34.18, abs=5e-3)
    assert found.blocks.verdict is None


def test_what_is_refused() -> None:
    with pytest.raises(InvalidWorkload, match="'capacity' must be given"):
        sizing(Workload.from_classes([(10, 5)]))
    with pytest.raises(InvalidArgument, match=r"'step_seconds' must be from 10\^-12"):
        sizing(Workload.from_classes([(10, 5)], 650), step_seconds=0)
