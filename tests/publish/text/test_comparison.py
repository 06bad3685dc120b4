"""Policies as text, JSON and figure: hand-made findings, whatever computed them."""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from stabkit.analysis.operations.comparison import PolicyComparison, PolicyFinding
from stabkit.analysis.operations.sweep import PolicySweep, policy_sweep
from stabkit.analysis.pictures.policies import PolicyPanel, PolicyPicture, policy_picture
from stabkit.dynamics.long_run import LongRun
from stabkit.dynamics.policies import Damped, Greedy, Headroom, RateLimited, Reservation
from stabkit.errors import InvalidArgument
from stabkit.model.enclosure import RealEnclosure
from stabkit.model.workload import Workload
from stabkit.publish.figures.comparison import comparison_figure
from stabkit.publish.figures.formats import figure_bytes
from stabkit.publish.figures.policies import policy_figure
from stabkit.publish.figures.style import house_style
from stabkit.publish.text.comparison import (
    policies_record,
    policies_text,
    policy_label,
)
from stabkit.publish.text.sweep import sweep_record, sweep_text

MIX = Workload.from_classes([(5, 3), (5, 6)], capacity=720)  # G(1) = 36: a* = 20
FIGURES = {
    "utilisation",
    "throughput_ratio",
    "request_ratio",
    "evictions_ratio",
    "first_eviction",
    "completed_shares",
    "wasted_token_fraction",
    "period",
    "steps",
    "reason",
}
INTERFACE = {
    "policy",
    "parameters",
    "verdict",
    "spectral_radius",
    "utilisation",
    "throughput_ratio",
    "request_ratio",
    "evictions_ratio",
    "first_eviction",
}
KEPT = LongRun(300, 1, 1.0, 1.0, (0.5, 0.5), 0.0, 0.0, None, 1.0, None)
EVICTING = LongRun(900, 6, 0.9, 0.95, (0.625, 0.375), 0.25, 5.0, None, 0.99, 7)
UNKNOWN = LongRun.unknown("a run of 3 steps is too short")
RADIUS = RealEnclosure(Fraction("1.125"), Fraction("1.125") + Fraction(1, 10**32))


def finding(policy: Any, run: LongRun, disturbed: LongRun | None = KEPT, **rest: Any) -> Any:
    given = {"verdict": None, "spectral_radius": None, "reason": "because", "parameters": {}}
    return PolicyFinding(policy=policy, from_empty=run, disturbed=disturbed, **(given | rest))


GREEDY = finding(Greedy(), EVICTING, EVICTING, verdict="unstable", spectral_radius=RADIUS)
RATE = finding(RateLimited(21), KEPT, parameters={"rate_over_equilibrium": Fraction(21, 20)})


def comparison(*policies: PolicyFinding, reason: str | None = None) -> PolicyComparison:
    return PolicyComparison(MIX, policies, reason)


def test_record_has_the_fields_of_the_interface() -> None:
    record = policies_record(comparison(GREEDY, RATE))
    assert set(record) == {
        "schema",
        "version",
        "workload",
        "admissions_per_step",
        "policies",
        "disturbed_reason",
        "whole_steps",
        "whole_reason",
        "capped",
    }
    assert record["schema"] == "stabkit.policies/3"
    assert record["workload"]["name"] == "5:3:1/2 5:6:1/2"
    assert record["admissions_per_step"] == "20"
    for one in record["policies"]:
        assert set(one) == INTERFACE | FIGURES | {"verdict_reason", "disturbed", "whole_requests"}
        assert set(one["disturbed"]) == FIGURES
    assert json.loads(json.dumps(record, allow_nan=False)) == record


def test_record_shows_what_was_found() -> None:
    greedy, rate = policies_record(comparison(GREEDY, RATE))["policies"]
    assert greedy["policy"] == "greedy"
    assert (greedy["verdict"], greedy["verdict_reason"]) == ("unstable", "because")
    assert greedy["spectral_radius"]["value"].startswith("1.125")
    assert greedy["evictions_ratio"] == 0.25  # 5 requests a step, of 20
    assert greedy["first_eviction"] == 7
    assert greedy["completed_shares"] == [0.625, 0.375]
    assert rate["parameters"] == {"rate_over_equilibrium": "21/20"}
    assert rate["spectral_radius"] is None
    assert rate["first_eviction"] is None
    unknown = policies_record(comparison(finding(Greedy(), UNKNOWN, None), reason="none known"))
    assert unknown["disturbed_reason"] == "none known"
    assert unknown["policies"][0]["disturbed"] is None
    assert unknown["policies"][0]["reason"] == "a run of 3 steps is too short"
    assert unknown["policies"][0]["evictions_ratio"] is None


def rows(text: str) -> list[list[str]]:
    return [line.split() for line in text.splitlines()]


def test_text_has_a_row_for_every_policy_and_start() -> None:
    found = rows(policies_text(comparison(GREEDY, RATE), full=True))
    greedy = ["greedy", "unstable", "1.125", "0.9000", "0.9500", "0.2500", "7", "0.9900"]
    assert greedy in found
    rate = ["rate", "1.05", "a*", "-", "-", "1.0000", "1.0000", "0.0000", "never", "1.0000"]
    assert rate in found
    assert ["greedy", "0.9000", "0.9500", "0.2500", "7"] in found  # the second start


def unwrapped(text: str) -> str:
    return " ".join(text.split())


def test_sentences_say_what_the_runs_support() -> None:
    text = unwrapped(policies_text(comparison(GREEDY, RATE), full=True))
    assert "the steady state's tokens are kept by: rate 1.05 a*." in text
    assert "differs from the admitted shares of the classes under: greedy." in text
    assert "A rate limit needs a*" in text
    assert "vLLM keeps the tokens of a preempted request" in text
    assert "end apart" not in text
    assert "reservation" not in text
    text = unwrapped(policies_text(comparison(finding(Reservation(), EVICTING, KEPT)), full=True))
    assert "none of these keeps the steady state's tokens: reservation." in text
    assert "The two starts end apart under: reservation." in text
    assert "From empty, as from any start whose reservations fit, reservation never evicts" in text
    assert "A rate limit" not in text


def test_the_record_finds_what_the_sentences_say() -> None:
    """To one part in a thousand: 0.9991 is kept, 0.9989 is not."""
    near, off = (
        finding(Greedy(), replace(KEPT, throughput_ratio=ratio), KEPT) for ratio in (0.9991, 0.9989)
    )
    unknown = finding(Greedy(), UNKNOWN, None)
    found = comparison(GREEDY, RATE, near, off, unknown)
    assert found.keeping == (RATE, near)
    assert found.ending_apart == (off,)
    assert found.drifting == (GREEDY,)


def test_evictions_beside_a_stable_verdict_are_remarked() -> None:
    stable = replace(GREEDY, verdict="stable")
    assert comparison(stable, GREEDY, RATE).evicting_though_stable == (stable,)
    text = unwrapped(policies_text(comparison(stable)))
    assert "by a fifth keeps evicting all the same, under: greedy." in text
    assert "keeps evicting" not in unwrapped(policies_text(comparison(GREEDY, RATE)))


def test_what_is_not_known_is_not_called_lost_or_free_of_evictions() -> None:
    text = policies_text(
        comparison(finding(Greedy(), UNKNOWN, None), reason="none known"), full=True
    )
    assert ["greedy", "-", "-", *"?????"] in rows(text)
    flat = unwrapped(text)
    assert "the long run is not known under: greedy (a run of 3 steps is too short)." in flat
    assert "There is no second start: none known." in flat
    assert "never" not in flat
    assert "none of" not in flat
    late = replace(UNKNOWN, first_eviction=12)
    found = rows(policies_text(comparison(finding(Greedy(), late, None), reason="no")))
    assert ["greedy", "-", "-", "?", "?", "?", "12", "?"] in found


def test_text_fits_into_eighty_columns() -> None:
    class Own:
        name = "half of the rest, or\tless if " + "so " * 40

    wide = LongRun(49_152, None, 0.9, 1.5, (0.9, 0.1), 0.5, 20_000.123, "none", 0.999, 10_732)
    policies = [
        finding(Headroom("1/3"), wide, wide, parameters={"watermark": Fraction(1, 3)}),
        finding(Damped("1/3"), KEPT, parameters={"gain": Fraction(1, 3)}),
        finding(Own(), KEPT),
    ]
    radius = RealEnclosure(Fraction("0.99999471"), Fraction("0.99999471"))
    policies = [replace(one, verdict="undecided", spectral_radius=radius) for one in policies]
    text = policies_text(comparison(*policies))
    assert max(map(len, text.splitlines())) <= 80
    assert "half of the ..." in text
    assert "1,000.01" in text  # evicted over a*


def test_labels() -> None:
    assert policy_label(RATE) == "rate 1.05 a*"
    gain = finding(Damped("1/3"), KEPT, parameters={"gain": Fraction(1, 3)})
    assert policy_label(gain) == "damped 0.3333"
    watermark = finding(Headroom("1/20"), KEPT, parameters={"watermark": Fraction(1, 20)})
    assert policy_label(watermark) == "headroom 5 %"

    class Own:
        name = "a\x1b[31mb"

    assert policy_label(finding(Own(), KEPT)) == "a?[31mb"
    for name, label in (
        ("fifteen letters", "fifteen letters"),
        ("sixteen letters.", "sixteen lett..."),
    ):
        Own.name = name
        assert policy_label(finding(Own(), KEPT)) == label
    Own.label = "{gain}\x1b[2J"  # type: ignore[attr-defined]
    assert policy_label(finding(Own(), KEPT, parameters={"gain": Fraction(1, 2)})) == "0.5?[2J"


@pytest.mark.parametrize("label", ["slow {gian}", "slow {}", "slow {", "slow {gain[0]}", 3])
def test_a_label_that_is_no_template_of_the_parameters_is_refused(label: Any) -> None:
    class Slow:
        name = "slow"

    Slow.label = label  # type: ignore[attr-defined]
    one = finding(Slow(), KEPT, parameters={"gain": Fraction(1, 2)})
    with pytest.raises(InvalidArgument, match="'label' of policy 'slow' must be a template of its"):
        policies_text(comparison(one))


def sweep(parameter: str = "gain", *points: tuple[str, LongRun]) -> PolicySweep:
    given = points or (("1/2", KEPT), ("3/4", replace(KEPT, first_eviction=2)), ("1", EVICTING))
    values = tuple(Fraction(value) for value, _ in given)
    runs, unit = tuple(run for _, run in given), "a*" if parameter == "rate" else ""
    return PolicySweep(MIX, parameter, values, runs, unit=unit)


def test_sweeps_as_text_and_json() -> None:
    record = sweep_record(sweep())
    assert record["schema"] == "stabkit.policy-sweep/3"
    assert (record["parameter"], record["admissions_per_step"]) == ("gain", "20")
    assert [point["value"] for point in record["points"]] == ["1/2", "3/4", "1"]
    assert record["points"][2]["evictions_ratio"] == 0.25
    assert set(record["points"][0]) == {"value", "verdict"} | FIGURES
    assert (record["unit"], record["points"][0]["verdict"]) == ("", None)  # without its policies
    assert json.dumps(record, allow_nan=False)
    text = sweep_text(sweep())
    found = rows(text[text.index("gain ") :])
    assert found[0] == ["gain", "verdict", "tokens", "requests", "evicted", "memory", "first"]
    assert found[1] == ["0.5", "-", "1.0000", "1.0000", "0.0000", "1.0000", "never"]
    assert found[3] == ["1", "-", "0.9000", "0.9500", "0.2500", "0.9900", "7"]
    assert "\nrate / a*" in sweep_text(sweep("rate"))
    assert "\n$e?[31m " in sweep_text(sweep("$e\x1b[31m"))
    assert "?: a run of 3 steps is too short." in sweep_text(sweep("rate", ("1", UNKNOWN)))


def test_a_sweep_shows_what_is_proved() -> None:
    """(2, 2): 3 lambda + 4 kappa is stable below 3/4; a rate below a* does not see the memory."""
    two = Workload.from_classes([(2, 2)])
    gain, rate = policy_sweep(two, "gain", ["1/2", "3/4", 1]), policy_sweep(two, "rate", ["1/2", 1])
    record = sweep_record(gain)
    assert [point["verdict"] for point in record["points"]] == ["stable", "marginal", "unstable"]
    assert Fraction(record["stable_below"]["value"]) == Fraction(3, 4)
    assert (record["stable_below"]["radius"], record["unit"]) == ("0", "")
    table = rows(sweep_text(gain))
    assert [row[1] for row in table[-6:-2]] == ["verdict", "stable", "marginal", "unstable"]
    assert sweep_text(gain).endswith("\nThe stable gains end at 0.75.\n")
    record = sweep_record(rate)
    assert [point["verdict"] for point in record["points"]] == ["stable", None]
    assert (record["stable_below"], record["unit"]) == (None, "a*")
    assert "end at" not in sweep_text(rate)


def test_picture_tells_three_fates() -> None:
    points = [("1", EVICTING), ("1/2", KEPT), ("3/4", replace(KEPT, first_eviction=2))]
    panel = policy_picture(MIX, [sweep("gain", *points, ("4/5", UNKNOWN))]).panels[0]
    assert panel.across.tolist() == [0.5, 0.75, 0.8, 1.0]
    assert panel.fates == ("never", "start", "unknown", "keeps")
    assert np.isnan(panel.throughput).tolist() == [False, False, True, False]


def test_picture_marks_the_end_of_the_stable_gains() -> None:
    """(2, 2): 3 lambda + 4 kappa is stable below 3/4. A stable mix has no end below 1."""
    two = Workload.from_classes([(2, 2)])
    picture = policy_picture(two, [policy_sweep(two, p, [1]) for p in ("gain", "rate")])
    assert picture.greedy == pytest.approx(7 / 8)
    assert picture.panels[0].stable_below == pytest.approx(0.75)
    assert picture.panels[1].stable_below is None
    stable = Workload.from_classes([(10, 3), (10, 5)])
    assert (
        policy_picture(stable, [policy_sweep(stable, "gain", [1])]).panels[0].stable_below is None
    )


def picture(*parameters: str, greedy: float | None = 0.875) -> PolicyPicture:
    across, up = np.array([0.5, 0.75, 1.0]), np.array([0.7, 0.8, 0.875])
    panels = [PolicyPanel(name, across, up, ("never", "never", "keeps")) for name in parameters]
    marked = [replace(p, stable_below=0.75) if p.parameter == "gain" else p for p in panels]
    return PolicyPicture("2:2:1", greedy, tuple(marked))


def words(figure: Figure) -> list[str]:
    from matplotlib.text import Text

    return [item.get_text() for item in figure.findobj(Text)]  # type: ignore[attr-defined]


def test_figure_shows_levels_marks_and_what_occurs() -> None:
    figure = policy_figure(picture("rate", "gain", "watermark", "$e\x1b$"))
    axes = figure.axes
    labels = ["rate limit / a*", "gain", "watermark", r"\$e?\$"]
    assert [one.get_xlabel() for one in axes] == labels
    for one in axes:
        levels = {float(np.ravel(line.get_ydata())[0]) for line in one.lines[:2]}
        assert levels == {1.0, 0.875}
    upright = [line for line in axes[1].lines if list(line.get_xdata()) == [0.75, 0.75]]
    assert len(upright) == 1
    found = words(figure)
    assert {"greedy", "steady state", "never evicts", "keeps evicting"} <= set(found)
    assert "at the start only" not in found
    assert any(text.startswith("stable") for text in found)


def test_figure_of_a_comparison_shows_its_policies() -> None:
    class Own:
        name = "$own$"

    unknown = finding(Own(), UNKNOWN, None)
    start = replace(RATE, from_empty=replace(KEPT, first_eviction=2), disturbed=EVICTING)
    figure = comparison_figure(comparison(GREEDY, start, unknown))
    (axes,) = figure.axes
    lengths = [bar.get_width() for bar in axes.patches]
    assert lengths == [0.9, 1.0, 0.0, 0.0, 0.0]  # the last two are those of the legend
    disturbed = next(line for line in axes.lines if line.get_marker() == "D")
    assert list(disturbed.get_xdata()) == [0.9, 0.9]
    assert {
        *("greedy: 0.9000", "rate 1.05 a*: 1.0000", r"\$own\$: long run not known"),
        *("at the start only", "keeps evicting", "from the disturbed steady state"),
    } <= set(words(figure))
    assert "never evicts" not in words(figure)


def test_figure_without_a_long_run_says_so() -> None:
    nothing = np.full(2, np.nan)
    panel = PolicyPanel("rate", np.array([0.5, 1.5]), nothing, ("unknown", "unknown"))
    figure = policy_figure(PolicyPicture("long", None, (panel,)))
    assert "long run\nnot known" in words(figure)
    assert "greedy" not in words(figure)


@pytest.mark.parametrize("names", [("rate", "gain", "watermark"), ("gain",), ("watermark",)])
def test_no_words_of_the_figure_overlap(names: tuple[str, ...]) -> None:
    figure = policy_figure(picture(*names))
    with house_style():
        renderer = FigureCanvasAgg(figure).get_renderer()
        boxes = [
            text.get_window_extent(renderer)
            for one in figure.axes
            for text in (*one.texts, one.xaxis.label, one.yaxis.label)
            if text.get_text()
        ]
    for number, box in enumerate(boxes):
        assert not any(box.overlaps(other) for other in boxes[number + 1 :])
        assert figure.bbox.x0 <= box.x0
        assert box.x1 <= figure.bbox.x1


def test_figure_is_the_same_twice() -> None:
    one, other = (figure_bytes(policy_figure(picture("gain")), "svg") for _ in range(2))
    assert one == other
