"""Plans: files and lists of mixes, what a key tells, and chunks that depend on nothing else."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from stabkit import InvalidArgument, InvalidWorkload, SweepPlan, Workload

TEXT = """
name = "pairs"
compute = ["radius", "counts"]

[axis]
s = {from = 0, to = 99}
l1 = {from = 1, to = 12}
l2 = {from = 1, to = 12}
p = {from = "1/20", to = "19/20", step = "1/20"}

[[class]]
input_length = "s"
decode_length = "l1"
weight = "p"

[[class]]
input_length = "s"
decode_length = "l2"
weight = "rest"
"""


@pytest.fixture
def plan(tmp_path: Path) -> SweepPlan:
    file = tmp_path / "plan.toml"
    file.write_text(TEXT)
    return SweepPlan.from_file(file)


def test_a_file_and_what_it_is_written_as_are_one_plan(plan: SweepPlan) -> None:
    again = SweepPlan.from_dict(plan.given)
    assert again == plan
    assert again.key() == plan.key()
    assert (plan.name, plan.compute, len(plan)) == ("pairs", ("counts", "radius"), 12 * 12 * 1900)


@pytest.mark.parametrize(
    ("old", "new"),
    [("to = 99", "to = 98"), ('"counts"', '"threshold"'), ('"rest"', "1"), ("pairs", "q")],
)
def test_another_plan_has_another_key(plan: SweepPlan, tmp_path: Path, old: str, new: str) -> None:
    other = tmp_path / "other.toml"
    other.write_text(TEXT.replace(old, new))
    assert SweepPlan.from_file(other).key() != plan.key()


def test_chunks_are_all_rows_once_each_of_some_seconds(plan: SweepPlan) -> None:
    chunks = list(plan.chunks())
    assert chunks == list(SweepPlan.from_dict(plan.given).chunks())
    assert (chunks[0].start, chunks[-1].stop) == (0, len(plan))
    assert all(one.stop == other.start for one, other in pairwise(chunks))
    assert [chunk.number for chunk in chunks] == list(range(len(chunks)))
    assert all(1 < chunk.seconds < 3 for chunk in chunks[:-1])


def test_what_takes_long_makes_short_chunks() -> None:
    """Two thresholds of 1000 steps, and a hundred of ten."""
    axes = {"p": {"from": "1/200", "to": "1/2", "step": "1/200"}, "l": [10, 4000]}
    classes = [
        {"input_length": 5, "decode_length": "l", "weight": "p"},
        {"input_length": 5, "decode_length": 3, "weight": "rest"},
    ]
    plan = SweepPlan.from_dict({"axis": axes, "class": classes, "compute": ["threshold"]})
    sizes = [chunk.stop - chunk.start for chunk in plan.chunks()]
    assert max(sizes[:1]) > 10 * max(sizes[2:])


LISTS = {
    "mixes.jsonl": '"5:3 5:5"\n{"mix": "1:2 1:3", "name": "two", "capacity": "1k"}\n'
    '{"class": [{"input_length": 4, "decode_length": 7, "weight": "1/2"}]}\n',
    "mixes.csv": "name,mix,capacity\n,5:3 5:5,\ntwo,1:2 1:3,1k\n,4:7,\n",
    "mixes.toml": 'mixes = ["5:3 5:5", {mix = "1:2 1:3", name = "two", capacity = "1k"}, "4:7"]',
}


@pytest.mark.parametrize("name", LISTS)
def test_a_file_of_mixes(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text(LISTS[name])
    (tmp_path / "plan.toml").write_text(f'mixes = "{name}"\ncompute = ["counts"]\n')
    plan = SweepPlan.from_file(tmp_path / "plan.toml")
    expected = [("5:3 5:5", None), ("1:2 1:3", 1000), ("4:7", None)]
    mixes = [Workload.from_classes([w.split(":") for w in t.split()], b) for t, b in expected]
    assert [plan.mix(row).classes for row in range(3)] == [mix.classes for mix in mixes]
    assert [plan.mix(row).capacity for row in range(3)] == [mix.capacity for mix in mixes]
    assert plan.cells.coordinates(0, 3)["name"] == [None, "two", None]
    assert SweepPlan.from_dict(plan.given) == plan


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"mixes": []}, "'mixes' must be a list of mixes"),
        ({"mixes": [3]}, "mix 1 must be text"),
        ({"mixes": [{"mix": "5:3", "class": []}]}, "of 'mix' and 'class', not 'mix', 'class'."),
        ({"mixes": [{"input": 5}]}, "mix 1 must be text, or have one of .* not 'input'."),
        ({"mixes": [{"mix": "5:3", "weigth": 3}]}, "a key of mix 1 must be one of name, mix"),
        (
            {"mixes": ["5:3"], "capacity": 100},
            "'capacity' must be left out where there are 'mixes'",
        ),
        ({"mixes": "no such file.csv"}, "no such file.csv: must be a readable file"),
    ],
)
def test_lists_that_are_refused(given: dict[str, object], message: str) -> None:
    with pytest.raises(InvalidWorkload, match=message):
        SweepPlan.from_dict(given)


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("mixes.jsonl", '"5:3"\n\n{oops\n', "mixes.jsonl: line 3: must be JSON"),
        ("mixes.csv", "mix\n" + "5:3 " * 40_000, "mixes.csv: must be CSV .field larger"),
        ("mixes.csv", 'mix,name\n5:3,"a', "mixes.csv: must be CSV"),
        ("mixes.csv", "mix\n5:3,4", "mixes.csv: a key of mix 1 must be one of"),
    ],
)
def test_a_file_of_mixes_that_is_none(tmp_path: Path, name: str, text: str, message: str) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(InvalidWorkload, match=message):
        SweepPlan.from_dict({"mixes": name}, tmp_path)


def test_a_row_that_is_not_there(plan: SweepPlan) -> None:
    with pytest.raises(InvalidArgument, match="'row' must be from 0 to 273599, not 273600"):
        plan.mix(len(plan))


def test_the_work_of_a_packaged_mix_is_that_of_its_longest_decode() -> None:
    longest = max(c.decode_length for c in Workload.named("azure-conv-2023").classes)
    named = SweepPlan.from_dict({"mixes": ["azure-conv-2023"]})
    spelled = SweepPlan.from_dict({"mixes": [f"5:{longest}"]})
    assert named.work() == spelled.work()


def test_blocks_of_a_grid_have_the_longest_decode_length_of_their_rows() -> None:
    axes = {"a": [9, 2], "b": [3, 3, 1], "c": [5, 7], "p": ["1/9", "1/3"]}
    classes = [
        {"input_length": 5, "decode_length": n, "weight": w}
        for n, w in (("a", "p"), ("b", 1), ("c", 1), (4, 1))
    ]
    plan = SweepPlan.from_dict({"axis": axes, "class": classes, "zip": [["a", "c"]]})
    found = [longest for rows, longest in plan.cells.blocks() for _ in range(rows)]
    rows = [plan.mix(row).classes for row in range(len(plan))]
    assert found == [max(c.decode_length for c in mix) for mix in rows]
    assert set(found) == {9, 7}


@pytest.mark.parametrize("mix", ["5:0", "nonsense", "", ":", "5:x", "5:" + "9" * 30])
def test_what_is_no_mix_is_a_row_of_some_work(mix: str) -> None:
    (chunk,) = SweepPlan.from_dict({"mixes": [mix], "compute": ["radius"]}).chunks()
    assert (chunk.start, chunk.stop) == (0, 1)
    assert chunk.seconds > 0


def test_half_a_character_in_a_name_can_be_written() -> None:
    plan = SweepPlan.from_dict({"mixes": [{"mix": "5:3", "name": "half \ud800"}]})
    assert plan.cells.coordinates(0, 1)["name"] == ["half ?"]
