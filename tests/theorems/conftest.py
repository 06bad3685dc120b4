"""All records, checked once, and what a record is made of."""

from __future__ import annotations

import pytest

import stabkit
from stabkit.theorems.records import Step
from stabkit.theorems.runner import prove


@pytest.fixture(scope="session")
def checked():
    return prove(stabkit.theorems())


@pytest.fixture(scope="session")
def pieces():
    """A function that returns the steps of a theorem, its checks and its witnesses."""

    def pieces_of(theorem):
        witnesses = [Step(theorem.dropped(w), w.text, w.evidence) for w in theorem.sharpness]
        return [*theorem.steps, *theorem.checks, *witnesses]

    return pieces_of
