"""The site: made once without a warning, then read as files and in a browser from ``file:``.

The checks of access are those of axe-core, which comes with axe-playwright-python.
"""

from __future__ import annotations

import importlib.util
import os
import re
import shlex
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
from pages import printed
from PIL import Image, ImageStat

import stabkit

TOP = Path(__file__).parents[2]
LOADING = {"img": "src", "script": "src", "link": "href", "source": "src", "iframe": "src"}
# One of every kind.
PAGES = (
    *("index", "docs/tutorial", "docs/operators", "docs/certificates", "docs/api"),
    *("docs/api/Threshold-class", "docs/api/threshold", "docs/commands/analyze"),
    *("docs/schemas/roots-2", "gallery", "docs/gallery/chart", "teaching"),
    *("docs/lessons/few_requests", "search"),
)
# Thousands of elements, of which the others have the kinds: axe takes up to half a minute for each.
LARGE = ("docs/model", "docs/theory/04-finite-inputs", "benchmarks/RESULTS", "CHANGELOG")


class Page(HTMLParser):
    """What a page links, loads, names and says."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.links: list[str] = []
        self.loads: list[str] = []
        self.names: set[str] = set()
        self.words: list[str] = []
        self.feed(path.read_text("utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {key: value or "" for key, value in attrs}
        self.names |= {given[key] for key in ("id", "name") if key in given}
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        if given.get(LOADING.get(tag, ""), "") and given.get("rel") not in ("next", "prev"):
            self.loads.append(given[LOADING[tag]])

    def handle_data(self, data: str) -> None:
        self.words.append(data)


@pytest.fixture(scope="module")
def site(lacking: Callable[[str], None]) -> Path:
    """The folder of the site, made anew."""
    if any(importlib.util.find_spec(name) is None for name in ("sphinx", "myst_parser")):
        lacking("Sphinx and what goes with it (the extra docs)")
    for program in ("latexmk", "pdftotext", "npm"):
        if shutil.which(program) is None:
            lacking(program)
    script = TOP / "scripts" / "make_site.py"
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]
    return Path(done.stdout.strip()).parent


@pytest.fixture(scope="module")
def pages(site: Path) -> dict[Path, Page]:
    apart = ("handout.html", "explorer.html")  # which are no pages of Sphinx
    return {path: Page(path) for path in sorted(site.rglob("*.html")) if path.name not in apart}


def broken(page: Path, link: str, pages: dict[Path, Page]) -> bool:
    """Tell whether a link within the site leads nowhere, or to a place that its page lacks."""
    parts = urlsplit(link)
    if parts.scheme in ("http", "https", "mailto", "data"):
        return False
    target = Path(os.path.normpath(page.parent / unquote(parts.path))) if parts.path else page
    if not target.is_file():
        return True
    return bool(parts.fragment) and unquote(parts.fragment) not in pages[target].names


def test_every_link_leads_somewhere(pages: dict[Path, Page]) -> None:
    found = {
        (path.name, link)
        for path, page in pages.items()
        for link in (*page.links, *page.loads)
        if broken(path, link, pages)
    }
    assert found == set()
    assert sum(len(page.links) for page in pages.values()) > 10_000


def test_a_broken_link_would_be_noticed(site: Path, pages: dict[Path, Page]) -> None:
    page = site / "docs" / "model.html"
    assert broken(page, "tutorial.html", pages) is False
    assert broken(page, "#r8", pages) is False
    assert broken(page, "none.html", pages)
    assert broken(page, "tutorial.html#none", pages)


def test_nothing_is_loaded_from_elsewhere(pages: dict[Path, Page]) -> None:
    assert {load for page in pages.values() for load in page.loads if "//" in load} == set()


def test_every_public_name_has_a_page_with_an_example(pages: dict[Path, Page]) -> None:
    shown = {path.stem: page.words for path, page in pages.items() if path.parent.name == "api"}
    for name in set(stabkit.__all__) - {"__version__"}:
        twin = name[0].isupper() and f"{name}-class" in shown
        assert ">>> " in shown[f"{name}-class" if twin else name], name


def test_every_command_and_every_schema_has_a_page(site: Path) -> None:
    for helped in (TOP / "tests" / "cli" / "golden").glob("*-help.txt"):
        assert (site / f"docs/commands/{helped.stem.removesuffix('-help')}.html").is_file()
    for schema in (TOP / "stabkit" / "publish" / "schemas").glob("*.json"):
        assert (site / f"docs/schemas/{schema.stem}.html").is_file()


def test_no_formula_is_left_as_it_was_typed(pages: dict[Path, Page]) -> None:
    formulas = [
        formula
        for path in pages
        for formula in re.findall(r"<math.*?</math>", path.read_text("utf-8"), re.DOTALL)
    ]
    assert len(formulas) > 1000
    assert [formula for formula in formulas if "\\" in formula or "merror" in formula] == []


def test_the_archive_holds_the_site(site: Path) -> None:
    with zipfile.ZipFile(site.with_name("stabkit-site.zip")) as packed:
        assert "stabkit-site/index.html" in packed.namelist()
        assert len(packed.namelist()) == sum(path.is_file() for path in site.rglob("*"))
        assert packed.read("stabkit-site/docs/print/exam.pdf")[:4] == b"%PDF"


def commands_of(page: str) -> list[str]:
    text = (TOP / page).read_text("utf-8")
    return [
        line
        for block in re.findall(r"^```sh\n(.*?)^```", text, re.M | re.S)
        for line in block.splitlines()
    ]


def test_the_front_page_shows_commands_that_are_tested() -> None:
    set_up, analysis = commands_of("docs/site/index.md")
    assert set_up == commands_of("README.md")[0]
    kept = (path.read_text("utf-8") for path in (TOP / "tests" / "cli" / "golden").glob("*.txt"))
    assert shlex.split(analysis)[1:] in [shlex.split(text.splitlines()[0])[2:] for text in kept]


@pytest.mark.parametrize("name", [source.stem for source in printed.SOURCES])
def test_what_is_printed_is_typeset_well(
    name: str, site: Path, what_tex_made: Callable[[Path], Any]
) -> None:
    found = what_tex_made(printed.MADE / f"{name}.pdf")
    found.assert_clean()
    assert "Overfull \\vbox" not in found.log
    if name.endswith("worksheet"):
        assert found.pages == 2
    if name == "theory":
        assert "Gcd theorem" in found.text


# --- In a browser ---------------------------------------------------------------------------------


def shade(page: Any) -> float:
    """The mean of a screenshot, from 0, black, to 1."""
    with Image.open(BytesIO(page.screenshot())) as seen:
        return ImageStat.Stat(seen.convert("L")).mean[0] / 255


@pytest.fixture(scope="module", params=(*PAGES, *LARGE))
def visit(request: pytest.FixtureRequest, site: Path, open_for_all: Any) -> Iterator[Any]:
    """A page, opened in the dark."""
    found = open_for_all((site / f"{request.param}.html").as_uri(), colour_scheme="dark")
    yield found
    found.page.context.close()


@pytest.mark.parametrize(("width", "scheme"), [(390, "dark"), (1000, "light")])
def test_a_page_fits_and_asks_for_nothing(visit: Any, width: int, scheme: str) -> None:
    visit.page.set_viewport_size({"width": width, "height": 900})
    visit.page.emulate_media(color_scheme=scheme)
    assert visit.page.evaluate("document.documentElement.scrollWidth") <= width
    assert (shade(visit.page) < 0.5) == (scheme == "dark")
    assert (visit.foreign, visit.errors) == ([], [])


@pytest.mark.parametrize("visit", PAGES, indirect=True)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(visit: Any, scheme: str) -> None:
    """The dark has other colours, and nothing else that is its own."""
    from axe_playwright_python.sync_playwright import Axe

    visit.page.set_viewport_size({"width": 1000, "height": 900})
    visit.page.emulate_media(color_scheme=scheme)
    options = {"preload": False, "resultTypes": ["violations"]}
    options |= {"runOnly": ["color-contrast"]} if scheme == "dark" else {}
    assert list(serious(Axe().run(visit.page, options=options).response)) == []


def test_axe_would_find_something(open_page: Any) -> None:
    from axe_playwright_python.sync_playwright import Axe

    page = open_page("data:text/html,<title>t</title><a href='x'></a>").page
    assert [name for name, _ in serious(Axe().run(page).response)] != []


def serious(found: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for violation in found["violations"]:
        if violation["impact"] in ("serious", "critical"):
            yield violation["id"], violation["nodes"][0]["html"][:200]


def test_the_search_finds_a_name(site: Path, open_page: Any) -> None:
    page = open_page(f"{(site / 'search.html').as_uri()}?q=robust_shares").page
    page.locator("#search-results li a").first.wait_for()
    assert "robust_shares" in page.locator("#search-results").inner_text()
