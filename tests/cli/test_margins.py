"""`stabkit margins`: text with its guarantees, JSON, exit statuses."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from stabkit import Workload, robust_shares
from stabkit.analysis import margins as module
from stabkit.publish.text.margins import margin_text, margins_text

Program = Callable[..., Any]

LABELS = (
    "gain margin: ",
    "distance in the inputs, shifted: ",
    "distance in the inputs, scaled: ",
    "radius in the class shares: ",
    "largest disturbance: ",
)


def entries(text: str) -> dict[str, str]:
    """The entries by label, each on one line again."""
    paragraphs = [" ".join(part.split()) for part in text.split("\n\n")]
    found = {}
    for label in LABELS:
        (paragraph,) = (p for p in paragraphs if p.startswith(label))
        found[label.split(": ")[0].split()[-1]] = paragraph.removeprefix(label)
    return found


def test_text_of_a_stable_mix(stabkit: Program) -> None:
    status, out, err = stabkit("margins", "5:2", "5:3", "--capacity", "1700")
    assert (status, err) == (0, "")
    assert out.startswith("5:2:1/2 5:3:1/2: stable\n")
    assert max(map(len, out.splitlines())) <= 96
    found = entries(out)
    # by hand: gain 3/2, s > 1, 1/4 < p < 7/8; g = (6, 7, 4), a* = 1700 / 17
    assert found["margin"].startswith("κ may rise to 1.5 (+3.52 dB) and may fall to any κ > 0")
    assert "κ > 1, more than fits, is a notion of the linear model only" in found["margin"]
    assert "may lose less than 4 tokens, and may gain any number" in found["shifted"]
    assert "nothing is said about one class alone" in found["shifted"]
    assert "multiplied by any factor above 0.2, without limit" in found["scaled"]
    assert found["shares"].startswith("0.353553 (Euclidean); 24.9 % of the requests")
    assert "at 0.353554 or nearer the number of growing modes changes" in found["shares"]
    assert found["disturbance"].startswith("every cohort off by 54.5 % of its steady size")
    assert (
        "0.857142 times the steady admissions per step (85.7142 requests)" in found["disturbance"]
    )
    assert all("Guarantee: " in entry for entry in found.values())


def test_text_of_an_unstable_mix(stabkit: Program) -> None:
    found = entries(stabkit("margins", "5:3", "5:5").out)
    assert "none, the mix is unstable at κ = 1; stable for κ below 0.888514" in found["margin"]
    # R8's threshold 9.8229483 for s, less 5 and over 5: rounded up, so that it is enough
    assert "stable for a common shift above 4.82295 tokens" in found["shifted"]
    assert "stable for a common factor above 1.96459" in found["scaled"]
    assert found["disturbance"].startswith("0 A growing mode")


def test_text_of_a_marginal_mix(stabkit: Program) -> None:
    found = entries(stabkit("margins", "1:2", "1:3").out)
    assert "none, the mix is marginal at κ = 1; stable for κ below 1 " in found["margin"]
    assert "stable for a common shift above 0 tokens" in found["shifted"]
    assert "stable for a common factor above 1 " in found["scaled"]
    assert found["shares"] == "0 A mode is on the unit circle."
    assert found["disturbance"].startswith("not known The equilibrium is marginal")


def shares_entries(text: str) -> list[str]:
    """The entries about errors of all shares, each on one line again."""
    paragraphs = [" ".join(part.split()) for part in text.split("\n\n")]
    return [part for part in paragraphs if "of all shares at once: " in part]


def test_errors_of_all_shares(stabkit: Program) -> None:
    """By hand: (2, 3) with input 7 is stable iff 1/5 < p < 9/10, and p = 3/10 is a third off."""
    mix = ("7:2:3", "7:3:7")
    assert not shares_entries(stabkit("margins", *mix).out)
    asked, largest = shares_entries(stabkit("margins", *mix, "--shares-within", "20%").out)
    assert "stable for all shares off by at most 20 % each Guarantee: " in asked
    assert "is stable. Edge theorem: every vertex is counted, and every edge is" in asked
    assert "at once: 33.3 % of each share Guarantee: " in largest
    assert "with the shares 0.2, 0.8, off by 33.3 %, it is not" in largest
    refused, _ = shares_entries(stabkit("margins", *mix, "--shares-within", "0.5").out)
    assert "not stable for all shares off by at most 50 % each No guarantee: " in refused
    assert "the mix is unstable with the shares 0.15, 0.85 (exact counts" in refused


def test_errors_of_many_shares(stabkit: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("stabkit.spectrum.margins.shares.search._MOST_WORK", 10**6)
    mix = [f"200:{n}" for n in range(1, 15)]
    asked, largest = shares_entries(stabkit("margins", *mix, "--shares-within", "5%").out)
    assert "is stable. Duality on every arc of the circle" in asked
    assert "Guarantee: whatever errors up to this the shares have" in largest
    bounds = robust_shares(Workload.from_classes(sized(mix)), bounds=[(0, "1/7")] * 14)
    assert margin_text(bounds) == (
        "errors of all shares at once: not known for shares within the bounds\n"
        "    There are more than 1000 vertices.\n"
    )


def sized(mix: list[str]) -> list[tuple[int, int]]:
    return [(int(s), int(n)) for s, n in (part.split(":") for part in mix)]


def test_errors_of_shares_in_json(stabkit: Program) -> None:
    record = json.loads(stabkit("margins", "7:2:3", "7:3:7", "--json").out)
    assert (record["robust_shares"], record["share_tolerance"]) == (None, None)
    arguments = ("margins", "7:2:3", "7:3:7", "--shares-within", "1/3", "--json")
    record = json.loads(stabkit(*arguments).out)
    found = record["robust_shares"]
    assert (found["robust"], found["witness"], found["witness_verdict"]) == (
        False,
        ["1/5", "4/5"],
        "marginal",
    )
    assert found["bounds"] == [["1/5", "2/5"], ["7/15", "14/15"]]
    assert record["share_tolerance"]["error_upper"] == "1/3"


@pytest.mark.parametrize(
    ("error", "complaint"),
    [
        ("120%", "at most 1, such as 1/5 or the percentage 20%, not '120%'."),
        (
            "20",
            "'--shares-within' must be above 0 and at most 1, such as 1/5 or the percentage 20%",
        ),
        ("0", "or the percentage 20%, not '0'."),
        ("x%", "or the percentage 20%, not 'x%'."),
    ],
)
def test_errors_of_shares_that_are_none(stabkit: Program, error: str, complaint: str) -> None:
    found = stabkit("margins", "7:2:3", "7:3:7", "--shares-within", error)
    assert (found.status, found.out) == (2, "")
    assert complaint in found.err


def test_text_where_there_is_nothing(stabkit: Program) -> None:
    single = entries(stabkit("margins", "5:4").out)
    for key in ("shifted", "scaled"):
        assert "never makes it stable R5: with one decode length" in single[key]
    assert single["shares"] == "not known There is one class, and no other shares."
    one_step = entries(stabkit("margins", "0:1").out)
    assert one_step["margin"].startswith("κ may rise without limit and may fall to any κ > 0")
    assert "cannot lose any, the shortest is 0, and may gain any number" in one_step["shifted"]
    assert "multiplied by any factor from 0 on, without limit" in one_step["scaled"]
    long = entries(stabkit("margins", "0:3", "7:20001").out)
    assert long["margin"].startswith("not known The D-partition would take too long")
    assert "Stable at least for κ < " in long["margin"]
    assert long["shifted"].startswith("not known The D-partition")


def test_intervals_of_stability_are_all_shown(stabkit: Program) -> None:
    # stable at the inputs (25, 289), unstable where both are 10.1777 to 95.3199 tokens longer
    stable = entries(stabkit("margins", "25:14:4", "289:1").out)
    assert (
        "may lose up to 25 tokens, where the shortest is 0, and may gain less than 10.1777"
        in (stable["shifted"])
    )
    unstable = entries(stabkit("margins", "75:14:4", "339:1").out)
    assert "a common shift below -39.8223 or above 45.32 tokens" in unstable["shifted"]


def test_shares_beyond_which_a_class_vanishes(stabkit: Program) -> None:
    same = entries(stabkit("margins", "5:3", "9:3").out)
    assert "a class vanishes; no shares at all have a mode on the unit circle" in same["shares"]
    rare = entries(stabkit("margins", "5:3", "5:5:9").out)
    assert "a class vanishes; no mode is on the unit circle nearer than 0.26" in rare["shares"]


def test_bounds_that_overlap_are_not_called_a_crossing() -> None:
    found = module.margins(Workload.from_classes([(5, 2), (5, 3)]))
    open_ended = replace(found.shares, limited_by=None)
    text = entries(margins_text(replace(found, shares=open_ended)))["shares"]
    assert "; at most 0.353554 " in text
    assert "growing modes changes" not in text


def test_names_are_printed_without_control_characters() -> None:
    mix = Workload.from_classes([(3, 1)], name="two\nlines\x1b[31m")
    assert margins_text(module.margins(mix)).startswith("two?lines?[31m: stable\n")


@pytest.mark.slow
def test_the_default_trace(stabkit: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "stabkit.spectrum.margins.shares.search._MOST_WORK", 500
    )  # the full one: seconds
    found = entries(stabkit("margins").out)
    assert found["margin"].startswith("κ may rise to 1.95536 (+5.82 dB)")
    assert "may lose up to 28 tokens, where the shortest is 0, and may gain any" in found["shifted"]
    assert "factor above 0.0968399, without limit" in found["scaled"]
    assert "(5.01201 requests)" in found["disturbance"]


def test_json(stabkit: Program, tmp_path: Path) -> None:
    arguments = ("margins", "10:3", "10:5", "--capacity", "1000", "--json")
    out = stabkit(*arguments).out
    record = json.loads(out)
    assert out.isascii()
    assert record["schema"] == "stabkit.margins/3"
    assert (record["verdict"], record["workload"]["capacity"]) == ("stable", "1000")
    assert record["gain"]["upper"]["value"].startswith("1.00253452359583")
    assert float(record["gain"]["upper"]["radius"]) < 1e-28
    target = tmp_path / "margins.json"
    assert stabkit(*arguments, "--output", str(target)) == (0, "", "")
    assert target.read_text() == out


def test_help_has_an_example(stabkit: Program) -> None:
    status, out, err = stabkit("margins", "--help")
    assert (status, err) == (0, "")
    for words in ("  stabkit margins 10:3 10:5", "--json", "--output", "--capacity"):
        assert words in out


def test_bad_input_is_one_line(stabkit: Program) -> None:
    for arguments in (("5:0",), ("5:3", "--output", "missing/x"), ("--no-such-option",)):
        status, out, err = stabkit("margins", *arguments)
        assert (status, out, err.count("\n")) == (2, "", 1)
        assert err.startswith("stabkit: error: ")


def test_undecided_is_status_4(stabkit: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    real = module.margins

    def undecided(found: module.Margins) -> module.Margins:
        return replace(found, gain=replace(found.gain, verdict="undecided"))

    monkeypatch.setattr(module, "margins", lambda *asked: undecided(real(*asked)))
    assert stabkit("margins", "3:1").status == 4


def test_what_a_sample_leaves_open(stabkit: Program, tmp_path: Path) -> None:
    """90 requests of lengths 2 and 3 with the input 7, 3:7: by hand enough at 95 %, not at 99 %."""
    trace = tmp_path / "trace.csv"
    rows = ["7,2"] * 27 + ["7,3"] * 63
    trace.write_text("\n".join(["ContextTokens,GeneratedTokens", *rows]) + "\n")
    text = stabkit("margins", str(trace), "--shares-level", "95%").out
    assert "sampling errors of the shares: stable for all shares that the sample leaves" in text
    record = json.loads(stabkit("margins", str(trace), "--shares-level", "0.99", "--json").out)
    found = record["sampled_shares"]
    assert (found["robust"], found["level"], found["witness"]) == (False, 0.99, ["1/5", "4/5"])
    assert record["robust_shares"] is None
    for level in ("2", "1", "100%"):
        refused = stabkit("margins", str(trace), "--shares-level", level)
        assert (refused.status, refused.out) == (2, "")
        assert "'--shares-level' must be above 0 and below 1, such as" in refused.err
        assert f"not '{level}'." in refused.err
