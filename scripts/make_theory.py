"""Write docs/theory/, docs/theory.tex and two tables: python scripts/make_theory.py

The tables are proofs/badges.json and the titles that texts name labels by.
With --pdf, docs/theory.pdf too, which needs TeX.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

from stabkit_proofs import BADGES
from theory.pages import theory_pages

import stabkit

DOCS = Path(__file__).parents[1] / "docs"
FOLDER = DOCS / "theory"
NAMES = Path(stabkit.__file__).parent / "publish" / "labels.json"


def main() -> None:
    checked = stabkit.prove(stabkit.theorems())
    write_table(BADGES, {one.theorem.label: one.badge for one in checked})
    write_table(NAMES, titles())
    FOLDER.mkdir(exist_ok=True)
    pages = theory_pages(checked)
    for old in FOLDER.glob("*.md"):
        if old.name not in pages:
            old.unlink()
    for name, text in pages.items():
        (FOLDER / name).write_text(text, encoding="utf-8")
    article = stabkit.theory_tex(checked)
    (DOCS / "theory.tex").write_text(article, encoding="utf-8")
    if "--pdf" in sys.argv[1:]:
        for job in ("-pdf", "-c"):  # the PDF, without what TeX leaves beside it
            subprocess.run(["latexmk", job, "-quiet", "theory.tex"], cwd=DOCS, check=True)


def titles() -> dict[str, str]:
    """Return the titles of the theorems with labels such as R7; others are called by their name."""
    return {
        theorem.label: theorem.title
        for theorem in stabkit.theorems()
        if re.match(r"R\d", theorem.label)
    }


def write_table(path: Path, table: dict[str, str]) -> None:
    """Write a table of labels."""
    path.write_text(json.dumps(table, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
