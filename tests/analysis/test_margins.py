"""The joined margins: values by hand, outward rounding, the way to JSON and back."""

from __future__ import annotations

import json
import pickle
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from stabkit import InvalidArgument, InvalidWorkload, Workload
from stabkit.analysis.margins import Bounds, Margins, margins
from stabkit.model.enclosure import RealEnclosure
from stabkit.spectrum.margins.disturbance import disturbance_margin
from stabkit.spectrum.margins.gain import gain_margin
from stabkit.spectrum.margins.inputs import input_margin
from stabkit.spectrum.margins.shares.radius import share_radius

STABLE = Workload.from_classes([(10, 3), (10, 5)], capacity=1000)
UNSTABLE = Workload.from_classes([(5, 3), (5, 5)])
MARGINAL = Workload.from_classes([(1, 2), (1, 3)])
SINGLE = Workload.from_classes([(5, 4)])
ONE_STEP = Workload.from_classes([(3, 1)])
LONG = Workload.from_classes([(0, 3), (7, 20_001)])
MIXES = [STABLE, UNSTABLE, MARGINAL, SINGLE, ONE_STEP, LONG]


def exactly(text: str) -> Bounds:
    return Bounds(Decimal(text), Decimal(text))


def test_values_by_hand() -> None:
    # g = (6, 7, 4): Jury's conditions give the gain 6 / 4, R8 gives s > 1 and 1/4 < p < 7/8
    found = margins(Workload.from_classes([(5, 2), (5, 3)], capacity=1000))
    assert found.verdict == "stable"
    assert (found.gain.lower, found.gain.upper) == (None, exactly("1.5"))
    assert (found.gain.largest_stable, found.gain.sufficient) == (exactly("1"), Fraction(6, 11))
    assert (found.shift.below, found.shift.above) == (exactly("-4"), None)
    assert (found.shift.distance, found.shift.least) == (exactly("4"), -5)
    assert (found.scale.below, found.scale.distance) == (exactly("0.2"), exactly("0.8"))
    shares = found.shares
    assert shares.limited_by == "crossing"
    assert shares.radius_lower is not None
    assert shares.radius_upper is not None
    assert shares.radius_lower**2 <= Decimal("0.125") <= shares.radius_upper**2  # sqrt(2) / 4
    assert shares.total_variation_lower is not None
    assert Decimal("0.2499") < shares.total_variation_lower <= Decimal("0.25")
    # the first step is the worst: epsilon = g_0 / (g_1 + g_2), burst g_0 / g_1
    largest, burst = found.disturbance.largest, found.disturbance.burst
    assert largest is not None
    assert burst is not None
    assert largest.low < Fraction(6, 11) < largest.high
    assert burst.low < Fraction(6, 7) < burst.high
    assert found.admissions_per_step == Fraction(1000, 17)  # B / G(1)


def test_bounds_are_rounded_outwards() -> None:
    for mix in (STABLE, UNSTABLE, Workload.from_classes([(7, 4), (2, 9, 3), (30, 2)])):
        found = margins(mix)
        gain, shift, scale = gain_margin(mix), input_margin(mix), input_margin(mix, "scale")
        shares, disturbance = share_radius(mix), disturbance_margin(mix)
        pairs: list[tuple[Bounds | None, RealEnclosure | None]] = [
            (found.gain.lower, gain.lower),
            (found.gain.upper, gain.upper),
            (found.gain.largest_stable, gain.largest_stable),
            (found.disturbance.largest, disturbance.largest),
            (found.disturbance.burst, disturbance.burst),
        ]
        for summary, margin in ((found.shift, shift), (found.scale, scale)):
            pairs += [
                (summary.below, margin.below),
                (summary.above, margin.above),
                (summary.distance, margin.distance),
                (summary.stable_below, margin.stable_below),
                (summary.stable_above, margin.stable_above),
            ]
        for bounds, exact in pairs:
            assert (bounds is None) == (exact is None)
            if bounds is None or exact is None:
                continue
            slack = Fraction(1, 10**28) * max(abs(exact.high), abs(exact.low))
            assert exact.low - slack <= Fraction(bounds.low) <= exact.low
            assert exact.high <= Fraction(bounds.high) <= exact.high + slack
        assert shares.lower is not None
        assert shares.upper is not None
        assert Fraction(found.shares.radius_lower or 0) <= shares.lower
        assert Fraction(found.shares.radius_upper or 0) >= shares.upper


@pytest.mark.parametrize("mix", MIXES, ids=lambda mix: mix.name)
def test_to_json_and_back(mix: Workload) -> None:
    found = margins(mix)
    record = json.loads(json.dumps(found.to_dict(), allow_nan=False))
    assert record["schema"] == "stabkit.margins/2"
    assert Margins.from_dict(record) == found
    assert pickle.loads(pickle.dumps(found)) == found


@pytest.mark.parametrize("mix", MIXES, ids=lambda mix: mix.name)
def test_whatever_is_missing_has_a_reason(mix: Workload) -> None:
    found = margins(mix)
    for part in (found.gain, found.shift, found.scale, found.shares, found.disturbance):
        assert part.reason.endswith(".")
    assert found.gain.complete or "too long" in found.gain.reason
    if found.shares.radius_lower is None:
        assert "one class" in found.shares.reason or "goes up to" in found.shares.reason


def test_a_marginal_mix_has_margin_zero() -> None:
    found = margins(MARGINAL)
    assert found.gain.lower == found.gain.upper == exactly("1")
    assert found.shift.distance == found.scale.distance == exactly("0")
    assert (found.shares.radius_lower, found.shares.radius_upper) == (0, 0)
    assert found.disturbance.largest is None
    assert "marginal" in found.disturbance.reason


def test_an_unstable_mix_is_told_what_would_help() -> None:
    found = margins(UNSTABLE)
    gain = found.gain.largest_stable
    assert gain is not None
    assert Decimal("0.8885") < gain.low <= gain.high < Decimal("0.8886")
    # the threshold 9.8229483 of R8, from s = 5
    shift, scale = found.shift.stable_above, found.scale.stable_above
    assert shift is not None
    assert scale is not None
    assert abs(shift.low - Decimal("4.8229483")) < Decimal("1e-7")
    assert abs(scale.low - Decimal("1.96458966")) < Decimal("1e-8")
    assert found.disturbance.largest == exactly("0")


def test_capacity_matters_for_the_unit_only() -> None:
    found = margins(STABLE)
    without = margins(STABLE.with_capacity(None)).to_dict()
    assert without["admissions_per_step"] is without["workload"]["capacity"] is None
    workload = without["workload"] | {"capacity": "1000"}
    changed = {"workload": workload, "admissions_per_step": str(found.admissions_per_step)}
    assert found.to_dict() == {**without, **changed}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"schema": "stabkit.analysis/1"}, "'schema' must be 'stabkit.margins/2'"),
        ({"verdict": "good"}, "'Margins.verdict' must be 'stable' or"),
        ({"gain": None}, "'Margins.gain' must be an object"),
        ({"admissions_per_step": 1000}, "'Margins.admissions_per_step' must be exact text"),
    ],
)
def test_other_records_are_refused(change: dict[str, Any], message: str) -> None:
    record = margins(ONE_STEP).to_dict()
    with pytest.raises(InvalidArgument, match=message):
        Margins.from_dict({**record, **change})


def test_not_a_workload() -> None:
    with pytest.raises(InvalidWorkload, match="'mix' must be a Workload"):
        margins("10:3")  # type: ignore[arg-type]
