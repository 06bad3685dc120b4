"""What is left open stays open: every engine stubbed so that it cannot tell, and every limit."""

from __future__ import annotations

import math
from fractions import Fraction
from types import SimpleNamespace
from typing import Any

import pytest

from stabkit import InvalidArgument, Workload, dominant_modes, unit_circle_counts
from stabkit.model.enclosure import RealEnclosure
from stabkit.model.kernel import MemoryKernel
from stabkit.spectrum.circle.arcs import Arc
from stabkit.spectrum.counting import counts as counts_module
from stabkit.spectrum.counting.by_winding import DiscCount
from stabkit.spectrum.counting.counts import Counts, kernel_counts
from stabkit.spectrum.margins import line as line_module
from stabkit.spectrum.margins.line import _home, line_margin
from stabkit.spectrum.roots import dominant as dominant_module

PAIR = Workload.from_classes([(5, 30), (5, 50)])
EVEN = Workload.from_classes([(5, 30), (5, 52)])  # R9: at least one unstable mode
STABLE = Workload.from_classes([(7, 2), (7, 3)])
OPEN = DiscCount(undecided=(Arc(Fraction(1, 4), Fraction(1, 2)),))


# --- counts ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("outside", "on", "certified", "verdict"),
    [
        (0, 0, True, "stable"),
        (0, 2, True, "marginal"),
        (1, 0, True, "unstable"),
        (1, 2, True, "unstable"),
        (None, None, True, "unstable"),  # a certificate of instability counts nothing
        (None, None, False, "undecided"),
        (0, 0, False, "undecided"),
        (3, 0, False, "undecided"),
    ],
)
def test_verdicts_are_what_counts_prove(
    outside: Any, on: Any, certified: bool, verdict: str
) -> None:
    assert Counts(None, on, outside, "winding", certified).verdict == verdict


def test_open_arcs_leave_the_counts_undecided(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counts_module, "count_by_winding", lambda *_: OPEN)
    counts = unit_circle_counts(PAIR, "winding")
    assert (counts.inside, counts.on_circle, counts.outside) == (None, None, None)
    assert (counts.verdict, counts.certified) == ("undecided", False)
    assert counts.undecided_arcs == ((math.pi / 4, math.pi / 2),)
    monkeypatch.setattr(counts_module, "instability_certificate", lambda _: None)
    assert unit_circle_counts(PAIR) == counts
    monkeypatch.setattr(counts_module, "instability_certificate", lambda _: "R9 says so.")
    proved = unit_circle_counts(PAIR)
    assert (proved.verdict, proved.outside, proved.method) == ("unstable", None, "certificate")
    assert (proved.reason, proved.undecided_arcs) == ("R9 says so.", counts.undecided_arcs)


@pytest.mark.parametrize("found", [DiscCount(None, 0), DiscCount(3, None), DiscCount()])
def test_half_a_count_is_none(found: DiscCount, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counts_module, "count_by_winding", lambda *_: found)
    counts = unit_circle_counts(PAIR, "winding")
    assert (counts.verdict, counts.outside, counts.undecided_arcs) == ("undecided", None, ())


def test_lengths_of_exact_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    assert counts_module.LONGEST_KERNEL == 16_000_000
    monkeypatch.setattr(counts_module, "LONGEST_KERNEL", 50)
    assert unit_circle_counts(PAIR).outside is not None
    monkeypatch.setattr(counts_module, "LONGEST_KERNEL", 49)
    monkeypatch.setattr(counts_module, "_SHORT", 0)
    monkeypatch.setattr(counts_module, "instability_certificate", lambda _: None)
    counts = unit_circle_counts(PAIR)
    assert (counts.verdict, counts.method) == ("undecided", "none")
    assert counts.undecided_arcs == ((0.0, math.pi),)
    assert "50 terms; exact counts go up to 49" in counts.reason


def test_lengths_of_dense_kernels(monkeypatch: pytest.MonkeyPatch) -> None:
    assert counts_module.LONGEST_DENSE == 20_000
    monkeypatch.setattr(counts_module, "LONGEST_DENSE", 3)
    assert unit_circle_counts(STABLE, "schur-cohn").verdict == "stable"
    assert unit_circle_counts(STABLE, "flint").verdict == "stable"
    monkeypatch.setattr(counts_module, "LONGEST_DENSE", 2)
    assert unit_circle_counts(STABLE, "winding").verdict == "stable"
    for method in ("schur-cohn", "flint"):
        with pytest.raises(InvalidArgument, match="'auto' or 'winding' beyond L = 2"):
            unit_circle_counts(STABLE, method)  # type: ignore[arg-type]


# --- dominant modes --------------------------------------------------------------------------


def test_without_discs_short_kernels_are_isolated_and_long_ones_left(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    expected = dominant_modes(PAIR, 2, 20)
    assert expected is not None
    monkeypatch.setattr(dominant_module, "LONGEST_ISOLATED", 10)
    for name in ("smallest_zeros", "proved_discs"):
        with monkeypatch.context() as patch:
            patch.setattr(dominant_module, name, lambda *_: None)
            patch.setattr(dominant_module, "_LONGEST_FALLBACK", 50)
            found = dominant_modes(PAIR, 2, 20)
            assert found is not None
            assert [m.value for m in found] == pytest.approx([m.value for m in expected])
            patch.setattr(dominant_module, "_LONGEST_FALLBACK", 49)
            assert dominant_modes(PAIR, 2, 20) is None
    monkeypatch.setattr(dominant_module, "_LONGEST", 49)
    assert dominant_modes(PAIR, 2, 20) is None


# --- margins along a line --------------------------------------------------------------------


def test_undecided_counts_give_no_margin(monkeypatch: pytest.MonkeyPatch) -> None:
    undecided = Counts.unknown("An arc is open.", (), "winding")
    monkeypatch.setattr(line_module, "kernel_counts", lambda *_: undecided)
    found = line_margin(STABLE, "shift", Fraction(0))
    assert (found.verdict, found.complete, found.below, found.stable) == (
        "undecided",
        False,
        None,
        None,
    )
    assert "An arc is open." in found.reason


def test_an_incomplete_partition_gives_no_margin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        line_module, "d_partition", lambda *_, **__: SimpleNamespace(complete=False, reason="Why.")
    )
    found = line_margin(STABLE, "shift", Fraction(0))
    assert (found.verdict, found.complete, found.below, found.above) == (
        "stable",
        False,
        None,
        None,
    )
    assert "not complete" in found.reason


@pytest.mark.parametrize(("limit", "most"), [("_LONGEST", 3), ("_MOST_WORK", 6)])
def test_lines_of_long_mixes_are_left(
    limit: str, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(line_module, limit, most)
    assert line_margin(STABLE, "shift", Fraction(0)).complete
    monkeypatch.setattr(line_module, limit, most - 1)
    found = line_margin(STABLE, "shift", Fraction(0))
    assert (found.verdict, found.complete) == ("stable", False)
    assert "would take too long for L = 3 with 2 decode lengths" in found.reason


class Crossing:
    """A crossing that is told from 1 with so many digits."""

    def __init__(self, side: int, digits: int) -> None:
        self.side, self.digits = side, digits

    def enclosure(self, digits: int) -> RealEnclosure:
        off = Fraction(self.side, 10**self.digits)
        width = Fraction(1, 10**digits)
        return RealEnclosure(1 + off - width, 1 + off + width)


@pytest.mark.parametrize(("digits", "told"), [(20, True), (74, True), (299, True), (300, False)])
@pytest.mark.parametrize("side", [1, -1])
def test_a_crossing_next_to_the_present_value_is_told_from_it_with_digits(
    digits: int, told: bool, side: int
) -> None:
    crossing = Crossing(side, digits)
    left = SimpleNamespace(sample=Fraction(0), high=crossing, low=None)
    right = SimpleNamespace(sample=Fraction(2), high=None, low=crossing)
    parts: Any = (left, right)
    home = _home(parts, Fraction(1))
    assert home is ((left if side > 0 else right) if told else None)


def test_kernels_of_two_terms_are_counted_exactly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counts_module, "_SHORT", 0)
    kernel = MemoryKernel.of(Workload.from_classes([(1, 1), (1, 2)]))
    assert kernel_counts(kernel).method == "schur-cohn"
    assert unit_circle_counts(EVEN).outside is not None
