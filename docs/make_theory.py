"""Write docs/theory/ and docs/theory.tex from the theorem records: python docs/make_theory.py

With --pdf, docs/theory.pdf too, which needs TeX (`stabkit.publish.tex_engine` names the packages).
"""

from __future__ import annotations

import sys
from pathlib import Path

import stabkit
from stabkit.publish.tex_engine import pdf_of
from stabkit.publish.theorem_pages import theory_pages
from stabkit.publish.theorem_tex import theory_tex
from stabkit.theorems.runner import prove

DOCS = Path(__file__).parent
FOLDER = DOCS / "theory"


def main() -> None:
    checked = prove(stabkit.theorems())
    FOLDER.mkdir(exist_ok=True)
    pages = theory_pages(checked)
    for old in FOLDER.glob("*.md"):
        if old.name not in pages:
            old.unlink()
    for name, text in pages.items():
        (FOLDER / name).write_text(text, encoding="utf-8")
    article = theory_tex(checked)
    (DOCS / "theory.tex").write_text(article, encoding="utf-8")
    if "--pdf" in sys.argv[1:]:
        (DOCS / "theory.pdf").write_bytes(pdf_of(article))


if __name__ == "__main__":
    main()
