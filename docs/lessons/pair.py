"""The pair of lesson 5, decode lengths 3 and 5, along its sliders."""

from __future__ import annotations

import functools

import stabkit

__all__ = ["chart_of_three_and_five", "locus", "three_and_five"]


def three_and_five(inputs: int, percent: int) -> stabkit.Workload:
    """Return the mix of the sliders."""
    return stabkit.Workload.from_classes([(inputs, 3, percent), (inputs, 5, 100 - percent)])


@functools.cache
def locus(percent: int) -> list[complex]:
    """Return the roots of all prompts of the slider, and between them, for one share."""
    found = stabkit.root_locus(three_and_five(1, percent), low=0, high=30, points=61)
    return [complex(root) for root in found.roots.ravel()]


@functools.cache
def chart_of_three_and_five() -> stabkit.StabilityChart:
    """Return the chart of lengths 3 and 5 over the range of the slider."""
    return stabkit.stability_chart((3, 5), ranges={"common": (0, 30)})
