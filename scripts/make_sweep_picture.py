"""Make docs/plane.png: the picture of a million points, by the lines of docs/sweep.md themselves.

Run: python scripts/make_sweep_picture.py
"""

import doctest
import os
import shutil
import tempfile
from pathlib import Path

import polars

import stabkit

PAGE = Path(__file__).parents[1] / "docs" / "sweep.md"
SECTION = "## A picture of a million points"


def main() -> None:
    lines = PAGE.read_text("utf-8").partition(SECTION)[2].partition("\n## ")[0]
    names = {"stabkit": stabkit, "polars": polars}
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        for example in doctest.DocTestParser().get_examples(lines):
            exec(example.source, names)
        shutil.copy("plane.png", PAGE.with_name("plane.png"))


if __name__ == "__main__":
    main()
