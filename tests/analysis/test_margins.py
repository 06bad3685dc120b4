"""The joined margins: values by hand, and what JSON says of them, rounded outwards."""

from __future__ import annotations

import pickle
from fractions import Fraction

import pytest

from stabkit import InvalidWorkload, Workload, to_dict
from stabkit.analysis.margins import margins
from stabkit.model.enclosure import RealEnclosure

STABLE = Workload.from_classes([(10, 3), (10, 5)], capacity=1000)
UNSTABLE = Workload.from_classes([(5, 3), (5, 5)])
MARGINAL = Workload.from_classes([(1, 2), (1, 3)])
SINGLE = Workload.from_classes([(5, 4)])
ONE_STEP = Workload.from_classes([(3, 1)])
LONG = Workload.from_classes([(0, 3), (7, 20_001)])
MIXES = [STABLE, UNSTABLE, MARGINAL, SINGLE, ONE_STEP, LONG]


def exactly(text: str) -> RealEnclosure:
    return RealEnclosure(Fraction(text), Fraction(text))


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
    assert shares.lower is not None
    assert shares.upper is not None
    assert shares.lower**2 <= Fraction(1, 8) <= shares.upper**2  # sqrt(2) / 4
    assert shares.total_variation_lower is not None
    assert Fraction("0.2499") < shares.total_variation_lower <= Fraction(1, 4)
    # the first step is the worst: epsilon = g_0 / (g_1 + g_2), burst g_0 / g_1
    largest, burst = found.disturbance.largest, found.disturbance.burst
    assert largest is not None
    assert burst is not None
    assert largest.low < Fraction(6, 11) < largest.high
    assert burst.low < Fraction(6, 7) < burst.high
    assert found.admissions_per_step == Fraction(1000, 17)  # B / G(1)


def test_json_encloses_what_is_proved() -> None:
    for mix in (STABLE, UNSTABLE, Workload.from_classes([(7, 4), (2, 9, 3), (30, 2)])):
        found = margins(mix)
        record = to_dict(found)
        names = {
            "gain": "lower upper largest_stable",
            "shift": "below above distance stable_below stable_above",
            "scale": "below above distance stable_below stable_above",
            "disturbance": "largest burst",
        }
        for part, keys in names.items():
            for key in keys.split():
                _encloses(record[part][key], getattr(getattr(found, part), key))
        shares, exact = record["shares"], found.shares
        assert exact.lower is not None
        assert exact.upper is not None
        digits = Fraction(1, 10**29)
        assert 0 <= exact.lower - Fraction(shares["radius_lower"]) <= digits
        assert 0 <= Fraction(shares["radius_upper"]) - exact.upper <= digits


def _encloses(shown: dict[str, str] | None, exact: RealEnclosure | None) -> None:
    assert (shown is None) == (exact is None)
    if shown is not None and exact is not None:
        value, radius = Fraction(shown["value"]), Fraction(shown["radius"])
        assert value - radius <= exact.low <= exact.high <= value + radius
        slack = Fraction(1, 10**36) * max(abs(exact.high), abs(exact.low))
        assert radius <= Fraction(51, 100) * (exact.high - exact.low) + slack


@pytest.mark.parametrize("mix", MIXES, ids=lambda mix: mix.name)
def test_pickle(mix: Workload) -> None:
    found = margins(mix)
    assert pickle.loads(pickle.dumps(found)) == found


@pytest.mark.parametrize("mix", MIXES, ids=lambda mix: mix.name)
def test_whatever_is_missing_has_a_reason(mix: Workload) -> None:
    found = margins(mix)
    for part in (found.gain, found.shift, found.scale, found.shares, found.disturbance):
        assert part.reason.endswith(".")
    assert found.gain.complete or "too long" in found.gain.reason
    if found.shares.lower is None:
        assert "one class" in found.shares.reason or "goes up to" in found.shares.reason


def test_a_marginal_mix_has_margin_zero() -> None:
    found = margins(MARGINAL)
    assert found.gain.lower == found.gain.upper == exactly("1")
    assert found.shift.distance == found.scale.distance == exactly("0")
    assert (found.shares.lower, found.shares.upper) == (0, 0)
    assert found.disturbance.largest is None
    assert "marginal" in found.disturbance.reason


def test_an_unstable_mix_is_told_what_would_help() -> None:
    found = margins(UNSTABLE)
    gain = found.gain.largest_stable
    assert gain is not None
    assert Fraction("0.8885") < gain.low <= gain.high < Fraction("0.8886")
    # the threshold 9.8229483 of R8, from s = 5
    shift, scale = found.shift.stable_above, found.scale.stable_above
    assert shift is not None
    assert scale is not None
    assert abs(shift.low - Fraction("4.8229483")) < Fraction("1e-7")
    assert abs(scale.low - Fraction("1.96458966")) < Fraction("1e-8")
    assert found.disturbance.largest == exactly("0")


def test_capacity_matters_for_the_unit_only() -> None:
    found = to_dict(margins(STABLE))
    without = to_dict(margins(STABLE.with_capacity(None)))
    assert without["admissions_per_step"] is without["workload"]["capacity"] is None
    workload = without["workload"] | {"capacity": "1000"}
    changed = {"workload": workload, "admissions_per_step": found["admissions_per_step"]}
    assert found == {**without, **changed}


def test_not_a_workload() -> None:
    with pytest.raises(InvalidWorkload, match="'mix' must be a Workload"):
        margins(3)  # type: ignore[arg-type]
