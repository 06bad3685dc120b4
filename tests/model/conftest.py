"""Fixtures of the model tests."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def real_data(shared: Path) -> Path:
    """The folder of unmodified traces, which the repository does not carry."""
    return shared / "data"
