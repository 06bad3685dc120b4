"""The pages on formal proofs show what the records and the files say."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import stabkit

TOP = Path(__file__).parents[2]
COQ = TOP / "proofs" / "coq"


def test_the_table_has_every_formal_record():
    page = (TOP / "docs" / "proved_how.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (.*) \| (\w+\.v) \| (.*) \|$", page, re.MULTILINE)
    assert sorted(rows) == sorted(
        (one.label, one.formal.file, ", ".join(one.formal.names))
        for one in stabkit.theorems()
        if one.formal is not None and not one.formal.part
    )


def test_the_packages_are_those_of_the_job():
    page = (TOP / "docs" / "proved_how.md").read_text(encoding="utf-8")
    (packages,) = re.findall(r"apt-get install (make coq .*)", page)
    assert packages in (TOP / ".ci" / "run").read_text(encoding="utf-8")


BLOCKS = re.findall(
    r"```coq\n(.*?)```", (TOP / "docs" / "formal_proof.md").read_text(encoding="utf-8"), re.DOTALL
)


@pytest.mark.parametrize("block", BLOCKS)
def test_what_the_lesson_reads_stands_in_the_file(block):
    assert block in (COQ / "Annulus.v").read_text(encoding="utf-8")
