"""What the docstring of a room says that others take from it is what they take.

"Others take `a` and `b`.", "Others take all but `c`." and "Others take all of it." name modules and
rooms; "the names below" are those of its `__init__`. From a room that does not say, these alone.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import stabkit

PACKAGE = Path(stabkit.__file__).parent
ROOMS = sorted(
    ".".join(path.parent.relative_to(PACKAGE.parent).parts)
    for path in PACKAGE.rglob("*/__init__.py")
)
SENTENCE = re.compile(r"\bOthers take (.*?)[.;]")


@pytest.fixture(scope="module")
def graph(lacking: Callable[[str], None]) -> Any:
    """The imports of stabkit."""
    try:
        import grimp
    except ImportError:
        lacking("grimp")
    return grimp.build_graph("stabkit")


@pytest.mark.parametrize("room", ROOMS)
def test_others_take_what_a_room_says_and_all_of_that(graph: Any, room: str) -> None:
    there = {name.rpartition(".")[2] for name in graph.find_children(room)}
    taken = {
        module.removeprefix(room).split(".")[1] if module != room else "the names below"
        for module in {room} | graph.find_descendants(room)
        for taker in graph.find_modules_that_directly_import(module)
        if not f"{taker}.".startswith(f"{room}.")
    }
    text = " ".join((importlib.import_module(room).__doc__ or "").split())
    (said,) = SENTENCE.findall(text) or ["the names below"]
    named = set(re.findall(r"`(\w+)`|(the names below)", said.partition(", most take ")[0]))
    names = {"".join(one) for one in named}
    assert taken == (there ^ names if said.startswith("all ") else names)
