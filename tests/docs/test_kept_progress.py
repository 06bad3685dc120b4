"""docs/kept_progress.md: its table, measured again."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import stabkit

PAGE = Path(__file__).parents[2] / "docs" / "kept_progress.md"
ROWS = [
    [float(cell.rstrip(" %")) for cell in row.split("|")[1:-1]]
    for row in re.findall(r"^\| \d.*$", PAGE.read_text("utf-8"), re.MULTILINE)
]


def test_the_table_is_found() -> None:
    assert len(ROWS) == 8


@pytest.mark.slow
@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row[0]:g}:{row[1]:g}")
def test_a_row(row: list[float]) -> None:
    s, length, evictions, tokens, lost = row
    short = length <= 50
    steps = 20_000 if short else 3000
    found = stabkit.kept_progress(stabkit.Workload.from_classes([(int(s), int(length))]), steps)
    # what the page says of the rounding of 0:50; a run of fewer steps than the page's
    tolerance = 0.01 if length == 50 else 0.001 if short else 0.05 * evictions
    assert found.evictions_per_completion == pytest.approx(evictions, abs=tolerance)
    assert found.recomputed_tokens_per_completion == pytest.approx(tokens, rel=0.06)
    assert (length - 1) / (2 * (s + length)) == pytest.approx(lost / 100, abs=5e-4)
