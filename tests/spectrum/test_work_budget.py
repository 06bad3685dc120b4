"""One budget of work for a whole call: every stage pays, and a stage that cannot is left open.

Each stage is refused by taking from the budget all but what the stages before it cost.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import pytest
from flint import fmpz_poly

from stabkit import Workload, threshold
from stabkit.model.kernel import MemoryKernel
from stabkit.spectrum.circle.budget import Budget, BudgetSpent
from stabkit.spectrum.counting.counts import kernel_counts
from stabkit.spectrum.counting.self_reciprocal import circle_zeros, self_reciprocal_part
from stabkit.spectrum.partition import threshold as threshold_module
from stabkit.spectrum.partition.d_partition import d_partition
from stabkit.spectrum.partition.pencil import kernel_pencil
from stabkit.spectrum.synchrony.condition import condition_margin

HUGE = 10**15


@dataclass
class Recording(Budget):
    """A budget that notes which stage asked for how much."""

    asked: list[tuple[str, int]] = field(default_factory=list)

    def affords(self, work: int, stage: str) -> bool:
        self.asked.append((stage, work))
        return super().affords(work, stage)

    def before(self, stage: str) -> int:
        """What was paid before the stage asked first, and all but one unit of that."""
        names = [name for name, _ in self.asked]
        until = names.index(stage) + 1
        return sum(work for _, work in self.asked[:until]) - 1


def mix_of(*classes: Any) -> Workload:
    return Workload.from_classes(classes)


def marginal() -> MemoryKernel:
    """(2, 3) at s = 1 has a pair on the circle (R8); 45 times as long, by z -> z^45, 45 pairs."""
    return MemoryKernel(1, (90, 135), (0, 0), (3, 5))


# (90, 135) without shares: E[S 1{T > m}] = 8 up to m = 89 and 5 from there on, so that
# (1 - z) G = 8 - 3 z^90 - 5 z^135, with zeros on the circle at the 45-th roots of unity but 1.
ON_CIRCLE = 44


def test_longer_coefficients_cost_more() -> None:
    """b + z + b z^2 has its two zeros on the circle for every b; the cost is paid in advance."""
    short, long = Recording(HUGE), Recording(HUGE)
    assert (
        circle_zeros(fmpz_poly([3, 1, 3]), short)
        == circle_zeros(fmpz_poly([2**4096, 1, 2**4096]), long)
        == 2
    )
    assert all(work > 0 for _, work in (*short.asked, *long.asked))
    assert long.left < short.left


def test_counts_on_the_circle_have_the_three_stages() -> None:
    budget = Recording(HUGE)
    found = kernel_counts(marginal(), budget)
    assert (found.on_circle, found.certified) == (ON_CIRCLE, True)
    stages = list(dict.fromkeys(name for name, _ in budget.asked))
    assert stages == ["double precision", "ball arithmetic", "exact arithmetic"]
    for stage in stages:
        short = Budget(budget.before(stage))
        counts = kernel_counts(marginal(), short)
        assert (counts.verdict, counts.inside, counts.outside) == ("undecided", None, None)
        assert counts.reason == short.reason
        assert f"budget of work, 10^8 operations (some ten seconds), ended in {stage}." in (
            counts.reason
        )
        assert counts.undecided_arcs


def test_a_count_pays_the_same_whatever_there_is() -> None:
    """Just enough is enough: no stage looks at how much is left."""
    budget = Recording(HUGE)
    found = kernel_counts(marginal(), budget)
    paid = HUGE - budget.left
    assert kernel_counts(marginal(), Budget(paid)) == found == kernel_counts(marginal())
    assert kernel_counts(marginal(), Budget(paid - 1)).verdict == "undecided"


POLYNOMIALS = {
    # (z^2 + 1)^2 (z^2 - z + 1) (2 z^2 + 5 z + 2): four and two zeros on the circle
    "repeated": (fmpz_poly([1, 0, 1]) ** 2 * fmpz_poly([1, -1, 1]) * fmpz_poly([2, 5, 2]), 6),
    "roots of unity": (fmpz_poly([1] * 90), 89),
    # T(z + 1/z) with T = (x - 3)(x + 5): none
    "off the circle": (fmpz_poly([1, -3, 1]) * fmpz_poly([1, 5, 1]), 0),
    # T = (x - 1)(x + 1)(x - 3): two pairs
    "some": (fmpz_poly([1, -1, 1]) * fmpz_poly([1, 1, 1]) * fmpz_poly([1, -3, 1]), 4),
}


@pytest.mark.parametrize("name", POLYNOMIALS)
def test_zeros_on_the_circle_are_paid_for_or_refused(name: str) -> None:
    polynomial, on_circle = POLYNOMIALS[name]
    budget = Budget(HUGE)
    assert circle_zeros(polynomial, budget) == circle_zeros(polynomial) == on_circle
    paid = HUGE - budget.left
    assert circle_zeros(polynomial, Budget(paid)) == on_circle
    with pytest.raises(BudgetSpent):
        circle_zeros(polynomial, Budget(paid - 1))


@pytest.mark.parametrize("common", [[1], [1, 0, 1], [1] * 7], ids=str)
@pytest.mark.parametrize("end", [3, 3 * (2**61 - 1)])
def test_the_gcd_is_the_same_with_a_budget(common: list[int], end: int) -> None:
    """1 by a prime alone, or FLINT's; the prime divides an end coefficient once."""
    polynomial = fmpz_poly(common) * fmpz_poly([end, 1, 7])
    budget = Budget(HUGE)
    found = self_reciprocal_part(polynomial, budget)
    assert found == self_reciprocal_part(polynomial) == fmpz_poly(common)
    with pytest.raises(BudgetSpent):
        self_reciprocal_part(polynomial, Budget(HUGE - budget.left - 1))


def line(*classes: Any) -> Any:
    return kernel_pencil(mix_of(*classes), "common")


SHORT = ((0, 5), (0, 7))  # algebraic numbers
LONG = ((0, 30), (0, 31))
COUNTED = ((0, 50), (0, 52), (0, 53))  # too long for the exact recursion


@pytest.mark.parametrize(
    ("classes", "stages"),
    [
        (SHORT, ["algebraic numbers"]),
        (LONG, ["double precision", "ball arithmetic"]),
    ],
)
def test_a_partition_that_the_budget_does_not_reach_is_one_undecided_interval(
    classes: Any, stages: list[str]
) -> None:
    budget = Recording(HUGE)
    whole = d_partition(line(*classes), budget=budget)
    assert (whole.complete, whole.reason) == (True, "")
    assert list(dict.fromkeys(name for name, _ in budget.asked))[: len(stages)] == stages
    for stage in stages:
        found = d_partition(line(*classes), budget=Budget(budget.before(stage)))
        assert (found.crossings, found.complete) == ((), False)
        (part,) = found.intervals
        assert (part.low, part.high, part.unstable, part.verdict) == (None, None, None, "undecided")
        assert f"ended in {stage}." in found.reason


def test_refining_and_counting_between_crossings_spend_from_the_same_budget() -> None:
    """Whatever there is less than the whole costs, the reason is named and nothing is false."""
    budget = Recording(HUGE)
    whole = d_partition(line(*COUNTED), budget=budget)
    paid = HUGE - budget.left
    assert d_partition(line(*COUNTED), budget=Budget(paid)) == whole == d_partition(line(*COUNTED))
    work = [part for _, part in budget.asked]
    known = {part.sample: (part.unstable, part.verdict) for part in whole.intervals}
    complete = []
    for spent in (*range(1, len(work), max(1, len(work) // 5)), len(work)):
        found = d_partition(line(*COUNTED), budget=Budget(sum(work[:spent]) - 1))
        assert "budget of work" in found.reason
        complete.append(found.complete)
        for part in found.intervals:
            told = known.get(part.sample)
            assert (part.unstable, part.verdict) in ((None, "undecided"), told)
    assert not complete[0]
    assert complete[-1]  # the directions tell what the last count would have told


def test_every_enclosure_is_a_call_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    (crossing, *_) = d_partition(line(*LONG), budget=Budget(10**7)).crossings
    narrow = crossing.enclosure(200)
    assert 0 < narrow.high - narrow.low < Fraction(1, 10**199)
    monkeypatch.setattr(Budget, "renew", lambda budget: setattr(budget, "left", 0))
    wide = crossing.enclosure(500)
    assert wide.low <= narrow.low < narrow.high <= wide.high
    assert wide.high - wide.low > Fraction(1, 10**20)


MARGINS = {
    "minimum inside": ((5, 3, 1), (7, 5, 2)),
    "minimum at -1": ((0, 1), (0, 2)),
    "longer": ((0, 60, 1), (900, 31, 50)),
}


@pytest.mark.parametrize("name", MARGINS)
def test_a_margin_that_the_budget_does_not_reach_has_true_bounds(name: str) -> None:
    kernel = MemoryKernel.of(mix_of(*MARGINS[name]))
    budget = Recording(HUGE)
    whole = condition_margin(kernel, budget)
    assert whole is not None
    assert whole.low is not None
    assert whole == condition_margin(kernel, Budget(HUGE - budget.left)) == condition_margin(kernel)
    work = [part for _, part in budget.asked]
    for spent in {1, 2, 3, len(work) // 2, len(work) - 1, len(work)}:
        short = Budget(sum(work[:spent]) - 1)
        found = condition_margin(kernel, short)
        assert found is not None
        assert found.high >= whole.low
        assert found.low is None or found.low <= whole.high
        assert found.reason == short.reason
        assert "ended in" in found.reason
    first = condition_margin(kernel, Budget(0))
    assert first is not None
    assert (first.low, "double precision" in first.reason) == (None, True)


def test_a_threshold_spends_one_budget_on_its_partition_and_its_margin(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made: list[Recording] = []

    def recording(left: int) -> Callable[[], Budget]:
        return lambda: made.append(Recording(left)) or made[-1]  # type: ignore[func-returns-value]

    monkeypatch.setattr(threshold_module, "Budget", recording(HUGE))
    whole = threshold(mix_of(*LONG))
    (budget,) = made
    assert whole.complete
    assert whole.sufficient is not None
    assert {"double precision", "ball arithmetic", "R7's margin"} <= {n for n, _ in budget.asked}
    paid = sum(work for _, work in budget.asked)
    monkeypatch.setattr(threshold_module, "Budget", recording(paid // 2))
    cut = threshold(mix_of(*LONG))
    assert "budget of work" in cut.reason or cut.sufficient != whole.sufficient
    monkeypatch.setattr(threshold_module, "Budget", recording(10))
    nothing = threshold(mix_of(*LONG))
    assert (nothing.complete, nothing.stable_intervals, nothing.sufficient) == (False, (), None)
    assert "ended in double precision" in nothing.reason
