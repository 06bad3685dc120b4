"""Fixtures shared by all tests: the exact vectors that the repository carries.

`vectors/mixes.json` comes from an implementation independent of stabkit: counts by exact
Schur-Cohn, certified isolation and a multiprecision root finder, spectral radii to 40 digits.
"""

from __future__ import annotations

import json
import os
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from stabkit import Workload

VECTORS = Path(__file__).parent / "vectors"


@pytest.fixture(scope="session")
def vector_mixes() -> list[tuple[dict[str, Any], Workload]]:
    """Every mix of the vectors, with the workload that it describes."""
    records = json.loads((VECTORS / "mixes.json").read_text())
    return [
        (
            record,
            Workload.from_classes(
                (c["input_length"], c["decode_length"], c["share"]) for c in record["classes"]
            ),
        )
        for record in records
    ]


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of reference data that the repository does not carry; CI must have it."""
    folder = Path(__file__).parents[2] / "shared"
    if not folder.is_dir():
        if os.environ.get("CI") == "true":
            pytest.fail(f"CI must provide the reference data at {folder}")
        pytest.skip("the reference data are not beside this checkout (../shared)")
    return folder


@pytest.fixture
def random_mixes() -> Iterator[Workload]:
    """An endless stream of random mixes, the same in every run: 1 to 4 classes, L up to 60."""
    rng = random.Random(20260)

    def stream() -> Iterator[Workload]:
        while True:
            common = rng.choice([None, rng.randint(0, 200)])
            stretch = rng.choice([1, 1, 1, 2, 3])
            yield Workload.from_classes(
                (
                    rng.randint(0, 100) if common is None else common,
                    stretch * rng.randint(1, 60 // stretch),
                    rng.randint(1, 12),
                )
                for _ in range(rng.randint(1, 4))
            )

    return stream()
