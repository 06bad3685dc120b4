"""The explorer in a browser: served by ``stabkit explore``, and as one file without a network.

The file is made anew by npm and pip, or is the one that the variable STABKIT_EXPLORER names. Its
Python takes some seconds to start, so that a page stays open for all tests.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from stabkit import Workload, analyze, finite_server, style, text, unit_circle_counts
from stabkit.explorer.operations import LONGEST_PAIR

TOP = Path(__file__).parents[2]
SOURCES = TOP / "stabkit" / "explorer" / "sources"
SCRIPT = TOP / "scripts" / "make_explorer.py"
START = 120_000  # milliseconds, of a machine that does much else
SMALL = {
    "name": "small.csv",
    "mimeType": "text/csv",
    "buffer": b"prompt_tokens,completion_tokens\n9,3\n9,5\n",
}
ODD = "in <b> of the prompt with all that its template adds"
LOGS = {
    "unstable.csv": "prompt_tokens,completion_tokens\n" + "9,3\n9,5\n" * 4,
    "stable.jsonl": '{"usage": {"prompt_tokens": 10, "completion_tokens": 3}}\n'
    '{"usage": {"prompt_tokens": 10, "completion_tokens": 5}}\n',
    "long.tsv": "input_length\toutput_length\n" + "".join(f"40\t{k}\n" for k in range(1, 402, 25)),
}


@pytest.fixture(scope="module")
def served() -> Iterator[str]:
    command = [sys.executable, "-m", "stabkit", "explore", "--no-browser"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield process.stdout.readline().split()[0]
        process.terminate()


@pytest.fixture(scope="module")
def single(tmp_path_factory: pytest.TempPathFactory, lacking: Callable[[str], None]) -> str:
    given = os.environ.get("STABKIT_EXPLORER")
    if given is not None:
        return Path(given).resolve().as_uri()
    path = tmp_path_factory.mktemp("explorer") / "explorer.html"
    made = subprocess.run([sys.executable, str(SCRIPT), str(path)], capture_output=True, text=True)
    if made.returncode:
        lacking(f"npm or PyPI: {made.stderr[-300:]}")
    return path.as_uri()


@pytest.fixture(scope="module", params=["served", "single"])
def visit(request: pytest.FixtureRequest, open_for_all: Callable[..., Any]) -> Any:
    """The page, with its engine started; the file without a network."""
    address = request.getfixturevalue(request.param)
    found = open_for_all(address, offline=request.param == "single")
    found.alone = request.param == "single"
    found.page.locator("#engine:empty").wait_for(state="attached", timeout=START)
    return found


@pytest.fixture
def page(visit: Any) -> Any:
    """The page, at the mix that it starts with."""
    found = visit.page
    found.set_viewport_size({"width": 1280, "height": 900})
    choose(found, (3, 5), 10, "9")
    return found


def choose(page: Any, lengths: tuple[int, int], share: int, given: str) -> None:
    """Move all sliders; the share in twentieths."""
    page.evaluate(
        """([l1, l2, p, s]) => {
          const found = {l1, l2, p};
          for (const name in found) document.getElementById(name).value = found[name];
          document.getElementById("l2").dispatchEvent(new Event("input"));
          document.getElementById("s-exact").value = s;
          document.getElementById("s-exact").dispatchEvent(new Event("input"));
        }""",
        [*lengths, share, given],
    )
    command = re.escape(f"stabkit analyze {given}:{lengths[0]}")
    assert re.match(command, page.locator("#command").inner_text())


def says(page: Any, where: str, words: str) -> None:
    """Wait until a place says this and nothing else."""
    from playwright.sync_api import expect

    expect(page.locator(where)).to_have_text(words, timeout=20_000)


def contains(page: Any, where: str, words: str) -> None:
    from playwright.sync_api import expect

    expect(page.locator(where)).to_contain_text(words, timeout=20_000)


def shows(page: Any, where: str, count: int | None) -> None:
    from playwright.sync_api import expect

    expect(page.locator(where)).to_have_count(count or 0, timeout=20_000)


# --- Two kinds of requests ------------------------------------------------------------------------


def test_the_slider_crosses_the_threshold(page: Any) -> None:
    """(3, 5) at equal shares: unstable exactly for s < 9.8229482556 (docs/model.md, R8)."""
    says(page, "#verdict-name", "Unstable.")
    page.locator("#s").focus()
    page.keyboard.press("ArrowRight")
    says(page, "#verdict-name", "Stable.")
    assert page.locator("#s-exact").input_value() == "10"
    says(page, "#star small", "s = 10 is above it")
    page.keyboard.press("ArrowLeft")
    says(page, "#verdict-name", "Unstable.")
    says(page, "#star small", "s = 9 is below it")
    contains(page, "#threshold-text", "s* = 9.8229482556195456770 tokens")


@pytest.mark.parametrize(("given", "word"), [("9.8229482", "Unstable."), ("9.8229483", "Stable.")])
def test_the_exact_field_crosses_it(page: Any, given: str, word: str) -> None:
    page.locator("#s-exact").fill(given)
    says(page, "#verdict-name", word)


@pytest.mark.parametrize(
    ("lengths", "share", "given"),
    [
        ((2, 3), 10, "1"),
        ((4, 6), 3, "100"),
        ((5, 5), 10, "10"),
        ((7, 24), 13, "3"),
        ((1, 1), 4, "0"),
    ],
)
def test_what_is_drawn(page: Any, lengths: tuple[int, int], share: int, given: str) -> None:
    """As many marks of each shape as there are modes, and the counts in words."""
    choose(page, lengths, share, given)
    p = Fraction(share, 20)
    one = lengths[0] == lengths[1]
    parts = [(given, lengths[0])] if one else [(given, lengths[0], p), (given, lengths[1], 1 - p)]
    counts = unit_circle_counts(Workload.from_classes(parts), "flint")
    said = f"{counts.inside} inside, {counts.on_circle} on, {counts.outside} outside"
    contains(page, "#verdict-proof", said)
    says(page, "#verdict-name", f"{counts.verdict.capitalize()}.")
    shows(page, "#circle circle.inside", counts.inside)
    shows(page, "#circle path.on", counts.on_circle)
    shows(page, "#circle polygon.outside", counts.outside)


def test_the_run_is_the_simulators(page: Any) -> None:
    """Evictions of 96 steps of (3, 5) at s = 9 from empty, by `simulate`."""
    from stabkit import run_picture, simulate

    mix = Workload.from_classes([(9, 3), (9, 5)])
    evicting = int((run_picture(mix, simulate(mix, 96)).evicted > 0).sum())
    contains(page, "#run-text", f"Of the first 96 steps {evicting} evict")
    assert page.locator("#run rect.outside").count() == evicting


def test_the_chart(page: Any) -> None:
    """19 shares; a press at the lower left is s = 0 at 5 %, where all four modes grow."""
    contains(page, "#chart-legend", "4 of 4 grow")
    page.locator('#chart[aria-label*="of 19 shares"]').wait_for(timeout=60_000)
    page.locator("#chart").click(position={"x": 45, "y": 257})
    says(page, "#p-value", "5\u00a0%")
    assert page.locator("#s-exact").input_value() == "0"
    says(page, "#verdict-sentence", "4 of 4 modes grow.")


# --- A log ----------------------------------------------------------------------------------------


@pytest.fixture
def log(tmp_path: Path) -> Callable[[str], Path]:
    def written(name: str) -> Path:
        path = tmp_path / name
        path.write_text(LOGS[name], encoding="utf-8")
        return path

    return written


@pytest.mark.parametrize("name", LOGS)
def test_a_dropped_log(visit: Any, page: Any, log: Callable[[str], Path], name: str) -> None:
    """The verdict of the command line, and in full what it prints, where that can be computed."""
    page.evaluate(
        """([name, text]) => {
          const carried = new DataTransfer();
          carried.items.add(new File([text], name));
          const how = {dataTransfer: carried, bubbles: true, cancelable: true};
          const event = new DragEvent("drop", how);
          document.getElementById("choose").dispatchEvent(event);
        }""",
        [name, LOGS[name]],
    )
    mix = Workload.from_file(log(name))
    says(page, "#log-title", name)
    says(page, "#log-name", f"{analyze(mix, crosscheck=False).verdict.capitalize()}.")
    contains(page, "#log-facts", f"{mix.request_count} requests")
    if visit.alone:
        contains(page, "#log-server pre", "Run “stabkit explore” in a terminal")
    else:
        contains(page, "#log-server pre", "Cross-check by simulation")
        shown = page.locator("#log-server pre").inner_text()
        assert shown.split() == text(analyze(mix), full=True).split()
        assert page.locator("#log-server pre").evaluate("(e) => e.scrollWidth <= e.clientWidth")


def test_the_file_chooser_by_keyboard(page: Any, log: Callable[[str], Path]) -> None:
    with page.expect_file_chooser() as opened:
        page.locator("#choose").press("Enter")
    opened.value.set_files(log("stable.jsonl"))
    says(page, "#log-name", "Stable.")


def test_columns_of_other_names_by_keyboard(page: Any, tmp_path: Path) -> None:
    path = tmp_path / "odd.csv"
    path.write_text(f"who,{ODD},made\n" + "x,9,3\nx,9,5\n" * 4)
    page.locator("#file").set_input_files(path)
    says(page, "#log-name", "Not read.")
    assert page.locator("#log-columns option").all_inner_texts() == ["who", ODD, "made"] * 2
    for width in (320, 390):
        page.set_viewport_size({"width": width, "height": 844})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.locator("#log-columns select").first.focus()
    for key in ("i", "Tab", "m", "Tab", "Enter"):
        page.keyboard.press(key)
    says(page, "#log-name", "Unstable.")
    contains(page, "#log-facts", "8 requests: inputs of 9.0 and outputs of 4.0 tokens")
    page.locator("#file").set_input_files([SMALL])
    says(page, "#log-name", "Unstable.")
    assert page.locator("#log-columns").is_hidden()


def test_what_is_no_log(page: Any, tmp_path: Path) -> None:
    path = tmp_path / "<b>.csv"
    path.write_text("a,b,a\n")
    page.locator("#file").set_input_files(path)
    says(page, "#log-name", "Not read.")
    says(page, "#log-title", "<b>.csv")
    contains(page, "#log-sentence", "must")
    assert page.locator("#log-server").is_hidden()


def test_a_real_server(visit: Any, page: Any) -> None:
    page.locator("#mix-capacity").fill("900")
    page.locator("#mix-capacity").press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    contains(page, "#mix-server pre", "fit whatever happens")
    contains(page, "#mix-server pre", "Not simulated here" if visit.alone else "Simulated:")
    mix = Workload.from_classes([(9, 3), (9, 5)], capacity=900)
    said = text(finite_server(mix, evictions="1e-4")).split()
    shown = page.locator("#mix-server pre").inner_text().split()
    end = shown.index("Not" if visit.alone else "Simulated:")
    assert shown[:end] == said[:end]


# --- For everybody --------------------------------------------------------------------------------


@pytest.mark.parametrize("width", [320, 390, 820, 1280])
def test_nothing_scrolls_sideways(page: Any, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_every_control_is_reached_by_tab(page: Any) -> None:
    page.evaluate("document.activeElement.blur(); scrollTo(0, 0)")
    page.locator("h1").click()
    reached = []
    for _ in range(6):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.id"))
    assert reached == ["s-exact", "s", "p", "l1", "l2", "choose"]


def test_everything_has_a_name(page: Any) -> None:
    names = """[...document.querySelectorAll("input:not([hidden]), button, [role=img], pre")].map(
      (e) => e.ariaLabel || (e.labels && e.labels.length) || e.innerText
        || document.getElementById(e.getAttribute("aria-labelledby"))?.innerText)"""
    assert all(page.evaluate(names))
    assert page.locator("#verdict").get_attribute("aria-live") == "polite"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_words_of_the_chart_can_be_read(page: Any, scheme: str) -> None:
    contains(page, "#chart-legend", "grow")
    page.emulate_media(color_scheme=scheme)
    look = "(where, name) => getComputedStyle(document.querySelector(where))[name]"
    pairs = (("#chart-panel", "backgroundColor"), ("#chart text", "fill"))
    found = [page.evaluate(f"([where, name]) => ({look})(where, name)", pair) for pair in pairs]
    page.emulate_media(color_scheme="light")
    assert (
        found
        == {
            "light": ["rgb(255, 255, 255)", "rgb(0, 0, 0)"],
            "dark": ["rgb(28, 31, 35)", "rgb(236, 236, 236)"],
        }[scheme]
    )


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(page: Any, scheme: str) -> None:
    from axe_playwright_python.sync_playwright import Axe

    page.emulate_media(color_scheme=scheme)
    found = Axe().run(page, options={"preload": False, "resultTypes": ["violations"]}).response
    page.emulate_media(color_scheme="light")
    serious = [one for one in found["violations"] if one["impact"] in ("serious", "critical")]
    assert [(one["id"], one["nodes"][0]["html"]) for one in serious] == []


def test_nothing_leaves_the_machine(visit: Any) -> None:
    assert visit.foreign == []
    assert visit.errors == []
    schemes = {address.partition(":")[0] for address in visit.requests}
    assert schemes <= ({"file", "blob"} if visit.alone else {"http"})
    fetched = "fetch('http://example.invalid/').then(() => 'came', () => 'refused')"
    assert visit.page.evaluate(fetched) == "refused"
    assert visit.foreign == []


# --- The sources ----------------------------------------------------------------------------------


def test_the_colours_are_those_of_the_figures() -> None:
    light, dark = (SOURCES / "house.css").read_text("utf-8").split("@media", 2)[:2]
    wanted = {"ink": "INK", "soft": "GREY", "disc": "DISC", "decays": "BLUE", "grows": "VERMILLION"}
    for name, colour in {**wanted, "admits": "SKY", "focus": "BLUE"}.items():
        assert f"--{name}: {getattr(style, colour)};" in light
    assert f"--decays: {style.SKY};" in dark


def test_the_sliders_end_where_the_questions_do() -> None:
    page = (SOURCES / "explorer.html").read_text("utf-8")
    assert re.findall(r'id="l[12]".* max="(\d+)"', page) == [str(LONGEST_PAIR)] * 2


def test_nothing_is_evaluated_but_python() -> None:
    for path in (*SOURCES.glob("*.js"), *(TOP / "scripts" / "explorer").glob("*.js")):
        assert not re.search(r"\beval\(|new Function|innerHTML", path.read_text("utf-8")), path
