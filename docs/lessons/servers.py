"""The servers of lesson 9: of whole requests that come by chance, beside the fluid."""

from __future__ import annotations

from typing import Any

import numpy as np

import stabkit
from stabkit import style

from . import drawing

__all__ = [
    "beside",
    "evictions",
    "in_service",
    "long_outputs",
    "relative_swing",
    "sized",
    "strongest_period",
    "two_servers",
]


def sized(prompt: int, admissions: int) -> stabkit.Workload:
    """Return outputs of 8 to 12 tokens, with the capacity for so many admissions per step."""
    classes = [(prompt, n) for n in range(8, 13)]
    held = sum(prompt * n + n * (n + 1) // 2 for _, n in classes) // 5
    return stabkit.Workload.from_classes(classes, admissions * held)


def long_outputs(capacity: int) -> stabkit.Workload:
    """Return outputs of 1 to 40 tokens with prompts of 40 to 46."""
    return stabkit.Workload.from_classes([(40 + n % 7, n) for n in range(1, 41)], capacity)


def in_service(prompt: int, steps: int, admissions: int) -> Any:
    """Return the requests in service of a simulated server, after the start."""
    run = stabkit.simulate_requests(sized(prompt, admissions), steps=steps, seed=3, table=False)
    return run.series.running[200:]


def relative_swing(prompt: int, admissions: int) -> float:
    """Return standard deviation over mean of the requests in service, from step 200 on."""
    seen = in_service(prompt, 200 + 20_000 // admissions, admissions)
    return float(np.std(seen) / np.mean(seen))


def strongest_period(prompt: int, steps: int = 2248) -> float:
    """Return the period of the largest peak of the periodogram, averaged over parts of 256."""
    parts = in_service(prompt, steps, 2)[: (steps - 200) // 256 * 256].reshape(-1, 256)
    power = (np.abs(np.fft.rfft(parts - parts.mean(axis=1, keepdims=True))) ** 2).mean(axis=0)
    return 256 / int(np.argmax(power))


def beside(
    fluid: stabkit.Trajectory, whole: stabkit.RequestSeries, admissions: int, says: str
) -> Any:
    """Draw requests in service and net admissions of whole requests beside the fluid's."""
    steady = 10 * admissions  # the mean output is 10 tokens
    net = fluid.admitted - fluid.evicted

    def lines(requests: Any, flow: Any) -> tuple[drawing.Line, drawing.Line]:
        return (
            drawing.Line(requests, drawing.VERMILLION, "whole requests"),
            drawing.Line(flow, drawing.BLUE, "fluid", "4 2"),
        )

    running = lines(whole.running / steady, np.cumsum(net - fluid.completed) / steady)
    admitted = lines((whole.admitted - whole.evicted) / admissions, net / admissions)
    return drawing.panels(
        (
            ("in service / steady state", (0, 2), running),
            ("admitted - evicted, / a*", (-1, 4), admitted),
        ),
        "step",
        says,
    )


def two_servers() -> Any:
    """Draw a stable and an unstable server of whole requests, unnamed."""
    with style.house_style():
        figure = style.new_figure(6.5)
        for axes, name, prompt in zip(
            figure.subplots(2, 1, sharex=True, sharey=True), "AB", (19, 17), strict=True
        ):
            axes.plot(in_service(prompt, 400, 2), color=style.VERMILLION, linewidth=0.8)
            axes.set(ylabel=f"{name}\nin service", xlim=(0, 200))
        axes.set_xlabel("step")
        return style.settled(figure)


def evictions() -> list[tuple[stabkit.FiniteServer, object]]:
    """Return three servers, each with its simulation of 4000 steps."""
    found = [stabkit.finite_server(long_outputs(b), steps=4000) for b in (2000, 4000, 8000)]
    return [(server, server.simulated) for server in found]
