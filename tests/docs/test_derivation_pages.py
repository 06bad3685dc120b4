"""Pages of derivations in a browser: on a telephone, in the dark, and without a request."""

from __future__ import annotations

import pytest

from stabkit import Workload, derive

MIXES = {
    "small": [(5, 3), (5, 5)],
    "long numbers": [("1/98765432109876543210987", 4, 10**30 + 57), (3, 7, 10**29)],
}
_WIDTH = "document.documentElement.scrollWidth"
_COLOURS = """() => ["body", "h1", "figure .grid", "figure text"].map(name => {
    const style = getComputedStyle(document.querySelector(name));
    return style.backgroundColor + style.color + style.stroke + style.fill; })"""


@pytest.mark.parametrize("name", MIXES)
def test_a_derivation_on_a_telephone(name, open_page, tmp_path):
    page = tmp_path / "page.html"
    page.write_text(derive(Workload.from_classes(MIXES[name])).html, encoding="utf-8")
    light = open_page(page.as_uri(), width=390)
    dark = open_page(page.as_uri(), width=390, colour_scheme="dark")
    for visit in (light, dark):
        assert not visit.errors
        assert visit.requests == [page.as_uri()]
        assert visit.page.evaluate(_WIDTH) <= 390
    pairs = zip(light.page.evaluate(_COLOURS), dark.page.evaluate(_COLOURS), strict=True)
    assert all(one != other for one, other in pairs)
