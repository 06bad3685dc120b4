"""Make the site, build/site/index.html, and an archive of it to be read without a network.

Run: python scripts/make_site.py (three minutes; needs the extra `docs`, latexmk for the PDFs, and
what scripts/make_explorer.py needs). The same tree gives the same archive.

The sources are laid out as in the repository, so that links between pages hold in both: those of
docs/ and the other Markdown, those of docs/site at the top, and those that `scripts/pages` writes.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import make_explorer
from pages import commands, gallery, lessons, names, printed, schemas

TOP = Path(__file__).parents[1]
SITE = TOP / "docs" / "site"
BUILT = TOP / "build"
SOURCE, HTML, ARCHIVE = BUILT / "site-source", BUILT / "site", BUILT / "stabkit-site.zip"

# Of the repository, what is a page or a picture in one, and what is handed out as it is.
PAGES = ("docs/**/*.md", "docs/*.png", "docs/*.gif", "benchmarks/*.md", "CHANGELOG.md")
PAGES += ("CONTRIBUTING.md", "stabkit/model/packaged/ATTRIBUTION.md")
FILES = ("docs/handout.html", "docs/lessons/*.py", "docs/print/*.tex", "docs/theory.tex", "LICENSE")
FILES += ("docs/real_runs/*/*", "docs/real_runs/*.csv", "docs/real_runs/LICENSE*")
_FILE = re.compile(rb"(\]\((?!http)[^)\s]*(?:\.(?:csv|html|pdf|py|tex)|LICENSE[\w.-]*))\)")
_ANCHOR = re.compile(rb'^<a id="([\w-]+)"></a>$', re.MULTILINE)
# What opens a part of the contents is an icon: it gets a name, for those who do not see it.
_NAMED = (b"<summary><span", b'<summary aria-label="Pages of this part"><span')
# A day on which everything in the archive is dated.
DATE = (1980, 1, 1, 0, 0, 0)


def lay_out() -> None:
    """Write all sources, anew."""
    shutil.rmtree(SOURCE, ignore_errors=True)
    for name, content in written():
        path = SOURCE / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def written() -> Iterator[tuple[str, bytes]]:
    """Yield the path of every source, relative to the top of the site, and its bytes."""
    yield from ((name, _adapted(content)) for name, content in _kept(PAGES))
    yield from ((f"extra/{name}", content) for name, content in _kept(FILES))
    for path in sorted(path for path in SITE.rglob("*") if path.is_file()):
        folder = "_static/" if path.suffix == ".css" else ""
        yield f"{folder}{path.relative_to(SITE)}", _adapted(_raised(path.read_bytes()))
    for kind in (names, commands, schemas, gallery, lessons):
        yield from ((name, _adapted(text.encode())) for name, text in kind.pages())
    yield from ((f"extra/{name}", content) for name, content in printed.documents())


def _kept(patterns: tuple[str, ...]) -> Iterator[tuple[str, bytes]]:
    for path in sorted(path for pattern in patterns for path in TOP.glob(pattern)):
        if path.is_file() and SITE not in path.parents:
            yield str(path.relative_to(TOP)), path.read_bytes()


def _raised(page: bytes) -> bytes:
    """Write the links of a page of docs/site as they are two folders higher."""
    return page.replace(b"](../../", b"](").replace(b"](../", b"](docs/")


def _adapted(page: bytes) -> bytes:
    """Write anchors, which are HTML, and links of files as Sphinx wants them."""
    page = _ANCHOR.sub(rb"(\1)=", page).replace(b"](docs/print)", b"](teaching.md)")
    return _FILE.sub(rb"\1){.external}", page)


def build() -> None:
    """Run Sphinx on the sources; a warning is an error."""
    shutil.rmtree(HTML, ignore_errors=True)
    options = ["-W", "--keep-going", "-q", "-E", "-d", str(BUILT / "site-doctrees")]
    command = [sys.executable, "-m", "sphinx", *options, str(SOURCE), str(HTML)]
    subprocess.run(command, check=True)
    for left in (".buildinfo", "objects.inv", "_static/webpack-macros.html"):
        (HTML / left).unlink(missing_ok=True)
    for page in HTML.rglob("*.html"):
        page.write_bytes(page.read_bytes().replace(*_NAMED))


def archive() -> None:
    """Pack the site: in order, and without dates."""
    with zipfile.ZipFile(ARCHIVE, "w", zipfile.ZIP_DEFLATED) as packed:
        for path in sorted(path for path in HTML.rglob("*") if path.is_file()):
            entry = zipfile.ZipInfo(f"stabkit-site/{path.relative_to(HTML)}", DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            packed.writestr(entry, path.read_bytes())


def main() -> None:
    os.environ.setdefault("SOURCE_DATE_EPOCH", "1767225600")  # PDFs and pages carry this date
    lay_out()
    build()
    make_explorer.main(HTML / "explorer.html")
    archive()
    print(HTML / "index.html")


if __name__ == "__main__":
    main()
