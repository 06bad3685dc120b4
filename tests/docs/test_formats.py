"""docs/formats.md: every sample holds the mix that the page says; every known format has one."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

import pytest

from stabkit import Workload
from stabkit.model.traces.log_formats import FORMATS, OTHERS

PAGE = Path(__file__).parents[2] / "docs" / "formats.md"
SAMPLES = re.findall(r"```(toml|json|jsonl|csv)\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)


@pytest.mark.parametrize(("suffix", "text"), SAMPLES)
@pytest.mark.parametrize("by_content", [True, False])
def test_every_sample(tmp_path: Path, suffix: str, text: str, by_content: bool) -> None:
    path = tmp_path / ("sample" if by_content else f"sample.{suffix}")
    path.write_text(text, "utf-8")
    assert Workload.from_file(path).classes == Workload.from_classes([(5, 3), (5, 5)]).classes


def test_every_known_format_has_a_sample() -> None:
    texts = [text for _, text in SAMPLES]
    for one in FORMATS:
        ends = [path.rpartition(".")[2] for path in one.fields if not path.endswith(".value")]
        assert any(all(end in text for end in ends) for text in texts), one.writer


def test_every_other_pair_of_names_is_on_the_page() -> None:
    page = " ".join(PAGE.read_text("utf-8").split())
    assert all(f"`{one}` and `{other}`" in page for one, other in OTHERS)


def test_python() -> None:
    found = doctest.testfile(str(PAGE), module_relative=False)
    assert (found.attempted, found.failed) == (5, 0)
