"""What is said of a certified start is true to the digits that are shown."""

from __future__ import annotations

from stabkit.analysis.verdict.analysis import CertifiedStart
from stabkit.publish.text.certificates import start_rows


def said(**fields: object) -> list[str]:
    record = CertifiedStart(**fields)  # type: ignore[arg-type]
    return [text for _, text in start_rows(record)]


def test_bounds_are_rounded_outwards() -> None:
    end, proof = said(
        start="empty", kind="convergent", step=7, evicting_steps=3, last_eviction=4,
        deviation=0.12341, allowed_deviation=0.45689,
    )  # fmt: skip
    assert end == "3 steps evict, the last of them step 4, then convergence to the steady state"
    assert "within 0.124 a*" in proof
    assert "within 0.456 a*" in proof


def test_one_eviction_and_none() -> None:
    one = said(start="empty", kind="convergent", step=7, evicting_steps=1, last_eviction=0)
    none = said(start="given", kind="convergent", step=7, evicting_steps=0)
    assert one[0].startswith("step 0 alone evicts, then")
    assert none[0].startswith("no eviction, then")


def test_the_other_verdicts() -> None:
    evicting = said(
        start="empty", kind="evicting", step=9, evicting_steps=4, deviation=0.1,
        allowed_deviation=0.2, period=29, evictions_per_period=4,
    )  # fmt: skip
    assert evicting[0] == "evictions for ever, in 4 steps of every 29"
    assert said(start="empty", kind="undecided", reason="so") == ["undecided: so"]
