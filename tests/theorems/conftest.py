"""All records, checked once."""

from __future__ import annotations

import pytest

import stabkit
from stabkit.theorems.runner import prove


@pytest.fixture(scope="session")
def checked():
    return prove(stabkit.theorems())
