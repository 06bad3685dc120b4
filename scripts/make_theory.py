"""Write docs/theory/, docs/theory.tex and proofs/badges.json: python scripts/make_theory.py

With --pdf, docs/theory.pdf too, which needs TeX.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from stabkit_proofs import BADGES
from theory.pages import theory_pages

import stabkit

DOCS = Path(__file__).parents[1] / "docs"
FOLDER = DOCS / "theory"


def main() -> None:
    checked = stabkit.prove(stabkit.theorems())
    badges = {one.theorem.label: one.badge for one in checked}
    BADGES.write_text(json.dumps(badges, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
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


if __name__ == "__main__":
    main()
