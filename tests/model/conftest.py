"""Fixtures of the model tests: the vectors of the repository and the shared real data."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of unmodified traces, which the repository does not carry; CI must have it."""
    folder = ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        if os.environ.get("CI") == "true":
            pytest.fail(f"CI must provide the traces at {folder}")
        pytest.skip("the unmodified traces are not beside this checkout (../shared/data)")
    return folder
