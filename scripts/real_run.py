"""Make docs/real_run.md and docs/real_run.png: one real vLLM run beside its prediction.

Run: python scripts/real_run.py (5 seconds). It needs the run itself, which this repository does not
carry: ../shared/data/vllm_rtx4090 beside the checkout, or the folder named as its argument.
"""

from __future__ import annotations

import csv
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import stabkit
from stabkit import figure_bytes, style

PAGE = Path(__file__).parents[1] / "docs" / "real_run.md"
FIGURE = Path(__file__).parents[1] / "docs" / "real_run.png"
DATA = Path(__file__).parents[2] / "shared" / "data" / "vllm_rtx4090"
RUN = "RTX4090__Llama-3.1-8B__vllm__"

CAPACITY = 41_408  # tokens, as the server reported at its start
BLOCK = 16  # tokens
SATURATED = (4, 168)  # seconds: from the first full memory until the queue has run empty
WINDOWS = (SATURATED, (10, 168), (4, 160))
DETREND = 2  # degree of the polynomial that is taken off


@dataclass(frozen=True)
class Prediction:
    """What follows from the request lengths alone."""

    requests: float
    requests_in_blocks: float
    modulus: float
    period: float  # steps
    mean_decode: float  # steps


@dataclass(frozen=True)
class Observation:
    """What was measured, by window where it depends on it."""

    time: NDArray[np.float64]
    running: NDArray[np.float64]
    waiting: NDArray[np.float64]
    use: NDArray[np.float64]  # per cent of the KV memory
    tokens: NDArray[np.float64]  # generated per second

    def window(self, start: float, end: float) -> NDArray[np.bool_]:
        """Which samples lie in a window, in seconds."""
        return (self.time >= start) & (self.time <= end)

    def steps_per_second(self, start: float, end: float) -> float:
        """Mean of generated tokens over running requests: each decodes one token per step."""
        w = self.window(start, end)
        return float((self.tokens[w] / self.running[w]).mean())

    def peaks(self) -> list[tuple[float, float]]:
        """The three strongest periods of `running`, in seconds, with their share of the power."""
        running = self.running[self.window(*SATURATED)]
        at = np.arange(len(running))
        rest = running - np.polyval(np.polyfit(at, running, DETREND), at)
        power = np.abs(np.fft.rfft(rest)) ** 2
        frequency = np.fft.rfftfreq(len(rest))
        first = np.argsort(-power)[:3]
        return [(1 / float(frequency[i]), float(power[i] / power.sum())) for i in first]


def predicted(folder: Path) -> Prediction:
    """Predict from the requests' input and output lengths."""
    path = folder / f"{RUN}requests.jsonl"
    mix = stabkit.Workload.from_file(path, CAPACITY)
    apart = stabkit.Workload.from_file(path, CAPACITY, merge=False)
    found = stabkit.sizing(apart, block_size=BLOCK)
    mode = stabkit.dominant_modes(mix, 1)
    assert found.blocks is not None
    assert mode is not None
    value = complex(mode[0].value)
    return Prediction(
        requests=float(found.blocks.requests_in_tokens),
        requests_in_blocks=float(found.requests),
        modulus=abs(value),
        period=float(2 * np.pi / abs(np.angle(value))),
        mean_decode=float(mix.mean_decode_length),
    )


def observed(folder: Path) -> Observation:
    """Read the series of the run, one sample per second."""
    with (folder / f"{RUN}timeseries.csv").open() as lines:
        rows = list(csv.DictReader(lines))
    columns = ("t", "running", "waiting", "kv_cache_pct", "gen_throughput")
    return Observation(*(np.array([float(row[name]) for row in rows]) for name in columns))


def page(prediction: Prediction, run: Observation) -> str:
    """Return the page: prediction beside observation, and what it does not show."""
    rates = [run.steps_per_second(*w) for w in WINDOWS]
    low, high = min(rates), max(rates)
    running = [float(run.running[run.window(*w)].mean()) for w in WINDOWS]
    use = float(run.use[run.window(*SATURATED)].mean())
    peaks = run.peaks()
    strongest = " and ".join(f"{period:.1f} s" for period, _ in sorted(near(peaks)))
    seconds = f"{prediction.period / high:.1f} to {prediction.period / low:.1f} s"
    turns = (SATURATED[1] - SATURATED[0]) * high / prediction.period
    return f"""<!-- Written by scripts/real_run.py: change that, not this. -->

# One real run beside its prediction

A vLLM 0.19.0 server (Llama-3.1-8B, one RTX 4090, {CAPACITY:,} KV tokens) served 300 ShareGPT
requests; its memory was full from about {SATURATED[0]} s to {SATURATED[1]} s. The prediction knows
the input and output lengths of the requests and the capacity, and nothing of the run. The run is by
the authors of LLMServingSim (CASYS Lab, KAIST; MIT licence); it is not part of this repository.

![The run: requests in service, with the predicted steady state](real_run.png)

| quantity | predicted | observed |
|---|---|---|
| requests in service | {prediction.requests:.2f}; in blocks of {BLOCK} tokens \
{prediction.requests_in_blocks:.2f} | {min(running):.1f} to {max(running):.1f} on the mean, by \
window, at a mean KV use of {use:.1f} % |
| growth of the dominant swing | {prediction.modulus:.5f} per step | not measurable here |
| period of the dominant swing | {prediction.period:.1f} steps; at the measured \
{low:.1f} to {high:.1f} steps/s {seconds} | the detrended series peaks at {strongest} |

How it was measured: steps per second are generated tokens over running requests, sample by sample
(one per second), averaged over windows of the saturated time. The series of running requests is
freed of a polynomial of degree {DETREND}; the peaks are the strongest ones of its periodogram
within a factor of two of the prediction.

## What this does not show

* It is **one run** of about {turns:.0f} periods: evidence, not proof.
* The number in service is **mostly an identity of a full memory**: whatever the dynamics, so many
  requests of these lengths fill {CAPACITY:,} tokens. It is partly luck too: the observed mean
  includes times when memory was not quite full.
* A **synchronised start alone** would give much the same period: a batch that starts together is
  renewed after the mean decode length of {prediction.mean_decode:.0f} steps, \
{prediction.mean_decode / high:.1f} to {prediction.mean_decode / low:.1f} s.
* A growth of {prediction.modulus - 1:.5f} per step means doubling in \
{np.log(2) / np.log(prediction.modulus):,.0f} steps, which is longer than the run.
* The server differs from the model: it keeps the tokens generated before a preemption, prefills
  prompts in chunks that share steps with decoding, preempts the latest arrival, and hands out
  memory in blocks of {BLOCK} tokens.
* 300 requests are a sample: the law of the lengths is known that well and no better.
"""


def near(peaks: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Return the peaks within a factor of two of 20 s."""
    return [(period, share) for period, share in peaks if 10 <= period <= 40]


def figure(prediction: Prediction, run: Observation) -> bytes:
    """Draw the requests in service over time with the predicted steady state."""
    with style.house_style():
        drawing = style.new_figure(5.2)
        axes = drawing.subplots()
        axes.axvspan(*SATURATED, color="#F0F0F0", zorder=0)
        axes.plot(run.time, run.running, color=style.BLUE, linewidth=1, zorder=2)
        axes.axhline(
            prediction.requests,
            color=style.VERMILLION,
            linewidth=0.9,
            linestyle=(0, (4, 2)),
            zorder=3,
        )
        axes.annotate(
            f"predicted steady state, {prediction.requests:.1f}",
            (SATURATED[1], prediction.requests),
            xytext=(-2, 24),
            textcoords="offset points",
            ha="right",
            color=style.VERMILLION,
            fontsize=6.5,
        )
        axes.annotate(
            "memory full",
            (SATURATED[0] + 2, 1),
            ha="left",
            va="bottom",
            color=style.GREY,
            fontsize=6.5,
        )
        axes.set(xlabel="time (s)", ylabel="requests in service", ylim=(0, None))
        return figure_bytes(style.settled(drawing), "png")


def main() -> int:
    """Write the page and its figure; without the data say so."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else DATA
    if not folder.is_dir():
        print(f"skipped: the run is not at {folder} (the repository does not carry it)")
        return 0
    prediction, run = predicted(folder), observed(folder)
    PAGE.write_text(page(prediction, run), encoding="utf-8")
    FIGURE.write_bytes(figure(prediction, run))
    return 0


if __name__ == "__main__":
    sys.exit(main())
