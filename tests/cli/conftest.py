"""Run the program inside this process: its exit status, standard output and standard error."""

from collections.abc import Callable
from typing import NamedTuple

import pytest

from stabkit.cli.app import main


class Outcome(NamedTuple):
    status: int
    out: str
    err: str


@pytest.fixture
def stabkit(capsys: pytest.CaptureFixture[str]) -> Callable[..., Outcome]:
    def run(*arguments: str) -> Outcome:
        status = main(arguments)
        return Outcome(status, *capsys.readouterr())

    return run
