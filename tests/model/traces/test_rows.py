"""Requests in the order of a table: what is refused, and what other columns are told."""

from __future__ import annotations

import math
import re

import pytest

from stabkit.errors import InvalidWorkload
from stabkit.model.traces.rows import columns_of, rows_of


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (["a,b", "1,2", "3"], "row 2 must have 2 fields, not 1."),
        (["a,b", "", "1,2", "3,4,5"], "row 2 must have 2 fields, not 3."),
        (["a,a", "1,2"], "the table must have a name for every column, once, and rows."),
        (["a,b", ","], "the table must have a name for every column, once, and rows."),
        ([], "the table must have a name for every column, once, and rows."),
        (["a,b", '1,"2'], "line 2: must be CSV"),
    ],
)
def test_tables_that_are_none(lines: list[str], message: str) -> None:
    with pytest.raises(InvalidWorkload, match=f"^{re.escape(message)}"):
        columns_of(lines)


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
def test_the_delimiter_is_that_of_the_names(delimiter: str) -> None:
    lines = [delimiter.join(row) for row in (("a", " b", "c"), ("1", "2 ", "3"), ("4", "5", "6"))]
    assert columns_of(lines) == {"a": ["1", "4"], "b": ["2", "5"], "c": ["3", "6"]}


def test_named_columns_go_before_those_that_are_recognised() -> None:
    table = {"input": ["1"], "output": ["2"], "asked": ["30"], "made": ["40"]}
    [(given, made, arrival, content)] = rows_of(table, ("asked", "made"))
    assert (given, made, content) == (30, 40, None)
    assert math.isnan(arrival)


REQUESTS = {"input": ["40", "33"], "output": ["2", "5"]}


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"output": ["2", "x"]}, "row 2: 'output' must be a number, not 'x'."),
        ({"arrival": ["soon", "1"]}, "row 1: 'arrival' must be a number, not 'soon'."),
        ({"shared_with": ["0", "0"]}, "row 1: 'shared_with' must be an earlier row"),
        ({"shared_with": ["-1", "1"]}, "row 2: 'shared_with' must be an earlier row"),
        ({"shared_with": ["-1", "-2"]}, "row 2: 'shared_with' must be an earlier row"),
    ],
)
def test_values_that_are_refused(columns: dict[str, list[str]], message: str) -> None:
    table = {**REQUESTS, "shared_blocks16": ["0", "1"], **columns}
    with pytest.raises(InvalidWorkload, match=f"^{re.escape(message)}"):
        rows_of(table)


def test_contents_are_equal_as_far_as_they_are_shared() -> None:
    """40, 70 and 33 tokens are 2, 4 and 2 full blocks; the third begins as the second does."""
    rows = rows_of(
        {
            "input": ["40", "70", "33"],
            "output": ["1"] * 3,
            "shared_with": ["-1", "0", "1"],
            "shared_blocks16": ["0", "2", "1"],
        }
    )
    contents = [row[3] for row in rows]
    assert [len(content) for content in contents] == [2, 4, 2]
    assert contents[1][:2] == contents[0]
    assert contents[2][0] == contents[0][0]
    assert len({key for content in contents for key in content}) == 2 + 2 + 1
