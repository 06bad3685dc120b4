"""Write docs/theory/ from the theorem records: python docs/make_theory.py"""

from __future__ import annotations

from pathlib import Path

import stabkit
from stabkit.publish.theorem_pages import theory_pages
from stabkit.theorems.runner import prove

FOLDER = Path(__file__).with_name("theory")


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    pages = theory_pages(prove(stabkit.theorems()))
    for old in FOLDER.glob("*.md"):
        if old.name not in pages:
            old.unlink()
    for name, text in pages.items():
        (FOLDER / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
