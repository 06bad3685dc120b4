"""The report says what the record says, in the order that a reader needs, and nothing else."""

import re
from collections.abc import Callable
from dataclasses import fields, replace
from decimal import Decimal
from fractions import Fraction

import pytest

from stabkit.analysis.verdict.analysis import (
    Analysis,
    Enclosure,
    ModeCounts,
    NoEvictionSummary,
    ThresholdSummary,
)

Report = Callable[..., str]


def prose(text: str) -> str:
    return " ".join(text.split())


def test_unstable_opens_with_verdict_pace_and_loss(unstable: Analysis, report: Report) -> None:
    text = prose(report(unstable))
    assert text.startswith("demo (2 classes) Unstable. ")
    opening = text[: text.index("Why")]
    assert "doubling every 14.21 steps" in opening
    assert "evicted and their work is lost" in opening
    assert "86.7 % of the steady state's tokens" in opening


def test_stable_opens_with_the_half_life(stable: Analysis, report: Report) -> None:
    text = prose(report(stable))
    assert "Stable. A full server with this mix settles to a steady state" in text
    assert "halving every 269.4 steps" in text
    assert "a common input above 9.5 tokens" in text
    assert "But stability is local" not in text


def test_stable_from_nearby_only_says_so_at_once(stable: Analysis, report: Report) -> None:
    assert stable.simulation is not None
    for ratio, words in ((0.9473, "94.7 %"), (0.99349, "99.3 %"), (1.0057, "100.6 %")):
        caught = replace(stable, simulation=replace(stable.simulation, from_empty_ratio=ratio))
        opening = prose(report(caught)).split("Why")[0]
        assert "But stability is local: started empty" in opening
        assert f"keeps evicting, at {words} of the steady state's tokens" in opening


def test_marginal_counts_the_modes_that_stay(unstable: Analysis, report: Report) -> None:
    marginal = replace(unstable, verdict="marginal", counts=ModeCounts(3, 2, 0))
    text = prose(report(marginal))
    assert "Marginal. This mix stands exactly on the border" in text
    assert "2 modes neither grow nor die out" in text
    assert "3 decay, 2 on the border, 0 grow" in text


def test_undecided_gives_the_reason_and_no_verdict(unstable: Analysis, report: Report) -> None:
    undecided = replace(
        unstable,
        verdict="undecided",
        certified=False,
        counts=ModeCounts(None, None, None),
        reason="Two modes come within 1e-40 of the circle.",
        spectral_radius=None,
        dominant_modes=(),
    )
    text = prose(report(undecided))
    assert "Undecided. No verdict, neither stable nor unstable: Two modes come within" in text
    assert "not certified" in text
    assert "not counted one by one" in text


def test_a_disagreement_is_the_first_thing_said(stable: Analysis, report: Report) -> None:
    assert stable.simulation is not None
    check = replace(stable.simulation, agrees=False, growth_predicted=0.9, growth_measured=1.2)
    text = prose(report(replace(stable, simulation=check)))
    assert text.startswith("THE SIMULATOR DISAGREES")
    assert "predicts a growth of 0.9 per step, the simulator measured 1.2" in text


@pytest.mark.parametrize("verdict", ["stable", "unstable", "marginal", "undecided"])
def test_nothing_that_is_missing_is_printed_as_none(
    unstable: Analysis, report: Report, verdict: str
) -> None:
    optional = {
        "spectral_radius", "synchronized_modes", "gcd_theorem", "threshold", "equilibrium",
        "synchronized_cycle", "simulation",
    }  # fmt: skip
    missing: dict[str, object] = dict.fromkeys(optional)
    bare = replace(
        unstable,
        verdict=verdict,
        counts=ModeCounts(None, None, None),
        workload=replace(unstable.workload, capacity=None),
        dominant_modes=(),
        **missing,
    )
    assert optional <= {field.name for field in fields(Analysis)}
    assert "None" not in report(bare)


def test_an_empty_crosscheck_prints_its_reason(unstable: Analysis, report: Report) -> None:
    assert unstable.simulation is not None
    unmeasured = {
        f.name: None
        for f in fields(unstable.simulation)
        if f.name not in ("steps", "tolerance", "reason")
    }
    check = replace(unstable.simulation, reason="the run was too short", **unmeasured)
    text = report(replace(unstable, simulation=check))
    assert "None" not in text
    assert "the run was too short" in prose(text)


@pytest.mark.parametrize("width", [40, 80, 100, 250])
def test_no_line_is_wider_than_the_console_or_100(
    unstable: Analysis, report: Report, width: int
) -> None:
    assert max(map(len, report(unstable, width=width).splitlines())) <= min(width, 100)


@pytest.mark.parametrize("terminal", [False, True])
def test_names_cannot_colour_or_move_a_terminal(
    unstable: Analysis, report: Report, terminal: bool
) -> None:
    name = "[bold red]x[/] \x1b[2J\r\n:smile:"
    text = report(
        replace(unstable, workload=replace(unstable.workload, name=name)), terminal=terminal
    )
    assert "[bold red]x[/] ?[2J??:smile:" in re.sub(r"\x1b\[[0-9;]*m", "", text)
    assert "\x1b[2J" not in text
    assert "\r" not in text


def test_colour_appears_on_a_terminal_only(unstable: Analysis, report: Report) -> None:
    assert "\x1b[" not in report(unstable)
    assert "\x1b[" in report(unstable, terminal=True)


def test_conjugate_modes_share_a_row(unstable: Analysis, report: Report) -> None:
    text = report(unstable)
    assert text.count("± 0.909000 i") == 1
    assert "0.250000" in text


def test_the_printed_radius_encloses_the_value(unstable: Analysis, report: Report) -> None:
    value = Decimal("1.00012345678901234567890123456789")
    text = report(replace(unstable, spectral_radius=Enclosure(value, Decimal("1e-33"))))
    found = re.search(r"(1\.0001\S*) ± (\S+),", text)
    assert found is not None
    assert abs(Decimal(found[1]) - value) <= Decimal(found[2])


@pytest.mark.parametrize(
    ("intervals", "words"),
    [
        ((), "no common input length is stable"),
        ((("0", None),), "every common input length is stable"),
        ((("1/2", "3"), ("7", None)), "between 0.5 and 3 or above 7 tokens"),
    ],
)
def test_stable_intervals_in_words(
    stable: Analysis,
    report: Report,
    intervals: tuple[tuple[str, str | None], ...],
    words: str,
) -> None:
    found = replace(stable, threshold=ThresholdSummary(None, None, intervals, None))
    assert words in prose(report(found))


@pytest.mark.parametrize(
    ("found", "words"),
    [
        ((False, False, Fraction(1, 11)), "a step evicts at most 9.1 % of the memory"),
        ((False, False, Fraction(1, 10**6)), "a step evicts at most 0.1 % of the memory"),
        ((True, True, Fraction(0)), "nothing is evicted, and it settles to the steady state"),
        ((True, False, Fraction(0)), "nothing is evicted, though it need not settle"),
    ],
)
def test_what_holds_of_any_start(
    stable: Analysis, report: Report, found: tuple[bool, bool, Fraction], words: str
) -> None:
    text = prose(report(replace(stable, no_eviction=NoEvictionSummary(*found))))
    assert f"any start after {stable.kernel.length} steps {words}" in text
    assert "any start" not in report(replace(stable, no_eviction=None))


def test_the_bootstrap_says_what_was_drawn_and_what_came_out(
    resampled: Analysis, report: Report
) -> None:
    text = prose(report(resampled)).split("Sampling error by bootstrap")[1]
    assert "1,000 times (seed 3): 19,366 requests drawn anew from those of the trace" in text
    assert "decode lengths only" not in text
    assert "40 stable, 950 unstable, 10 undecided; 95 % agree with the trace's own verdict" in text
    assert "marginal" not in text
    assert "0.9987654 to 1.2 in the middle 95 % of them" in text
    assert "an estimate not a proof" in text
    assert "not resolved" not in text


def test_the_bootstrap_of_a_summary_and_what_it_leaves_open(
    resampled: Analysis, report: Report
) -> None:
    assert resampled.bootstrap is not None
    partial = replace(
        resampled.bootstrap,
        resampled="decode lengths",
        verdict="undecided",
        agreement=None,
        spectral_radius=None,
        unresolved=1000,
    )
    text = prose(report(replace(resampled, bootstrap=partial)))
    assert "decode lengths only, each at its mean input" in text
    assert "1,000 resamples, not resolved" in text
    assert "agree" not in text.split("Sampling error by bootstrap")[1]
    assert "None" not in text


def test_without_a_bootstrap_there_is_no_word_of_it(unstable: Analysis, report: Report) -> None:
    assert "bootstrap" not in report(unstable)
