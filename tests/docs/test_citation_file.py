"""CITATION.cff says what the package says about itself."""

from __future__ import annotations

import re
from configparser import ConfigParser
from pathlib import Path

import stabkit

TOP = Path(__file__).parents[2]
TEXT = (TOP / "CITATION.cff").read_text(encoding="utf-8")
METADATA = ConfigParser()
METADATA.read(TOP / "setup.cfg", encoding="utf-8")


def field(name: str) -> str:
    (value,) = re.findall(rf"^{name}: (.+)$", TEXT, re.MULTILINE)
    return value


def test_the_version_is_that_of_the_package() -> None:
    assert field("version") == stabkit.__version__


def test_licence_keywords_and_authors() -> None:
    whole = METADATA["metadata"]["license_expression"]  # with the licences of the packaged traces
    assert field("license") == whole.split(" AND ")[0]
    listed = TEXT.split("keywords:\n")[1].split("references:")[0]
    assert re.findall(r"- (.+)", listed) == METADATA["metadata"]["keywords"].split(", ")
    assert "the stabkit authors" in (TOP / "LICENSE").read_text(encoding="utf-8")
    assert "- name: The stabkit authors\n" in TEXT


def test_the_paper_is_that_of_the_readme() -> None:
    readme = " ".join((TOP / "README.md").read_text(encoding="utf-8").split())
    (number,) = re.findall(r"value: (arXiv:\S+)", TEXT)
    (title,) = re.findall(r"    title: (.+)", TEXT)
    assert f"*{title}*, {number}" in readme
    names = re.findall(r"family-names: (.+)", TEXT)
    assert [name in readme for name in names] == 4 * [True]
