"""``stabkit pool``: tables, JSON and errors."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

Run = Callable[..., Any]
FOUR = ("4:8", "4:16", "3:5", "3:15", "--capacity", "500", "--steps", "1000")


def test_the_published_experiment_in_words(stabkit: Run) -> None:
    found = stabkit("pool", *FOUR, "--partition", "1,2/3,4", "--objective", "requests")
    assert found.status == 0
    assert "as given: 7.1595375" in found.out
    assert "One pool is worth 7.7 % more than the given arrangement." in found.out
    assert "The pooled mix is unstable: one pool does not stabilise it." in found.out


def test_json(stabkit: Run) -> None:
    found = json.loads(stabkit("pool", *FOUR, "--json").out)
    assert found["schema"] == "stabkit.pooling/3"
    assert found["dedicated"] is None
    assert found["partition"] is None
    assert found["exact"] is True
    assert found["pooled"]["pools"][0]["class_indices"] == [0, 1, 2, 3]
    assert found["pooled"]["requests_per_step"] == pytest.approx(2 * 3.854684, abs=1e-6)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--partition", "a/b"), "'--partition' must hold each class from 1 to 2 once, in at most"),
        (("--partition", "0/1"), "such as 1/2, not '0/1'"),
        (("--partition", "\u0661/2"), "'--partition' must hold each class from 1 to 2 once"),
        (("--partition", "1/1"), "'--partition' must hold each class from 1 to 2 once"),
        (("--objective", "fame"), "'--objective' must be"),
        (("--policy", "gready"), "'greedy', "),
        (("--replicas", "0"), "'--replicas'"),
        (("5:4:1e-201",), "a share of at least 10^-200"),
    ],
)
def test_errors(stabkit: Run, arguments: tuple[str, ...], message: str) -> None:
    found = stabkit("pool", "10:3", "10:5", *arguments)
    assert found.status == 2
    assert message in found.err


def test_a_mix_has_to_be_given(stabkit: Run) -> None:
    found = stabkit("pool")  # the packaged default has too many classes
    assert found.status == 2
    assert found.err == "stabkit: error: Missing argument 'MIX'. See 'stabkit pool --help'.\n"


def test_a_window_in_which_nothing_is_completed(stabkit: Run) -> None:
    # no request of three steps is done after one
    found = stabkit("pool", "0:3", "1:4", "--steps", "1")
    assert found.status == 0
    assert "One pool is worth as much as dedicated replicas." in found.out
