"""Make docs/real_runs.md and docs/real_runs.png: public runs of real servers beside their replays.

Run: python scripts/real_runs.py (half a minute); with --watermarks also the 50 runs, some minutes,
of docs/real_runs/watermarks.csv. The runs themselves are in docs/real_runs, with their licences.
"""

from __future__ import annotations

import csv
import json
import math
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import stabkit
from stabkit import Replay, figure_bytes, simulate_requests, style

DOCS = Path(__file__).parents[1] / "docs"
PAGE, FIGURE, RUNS = DOCS / "real_runs.md", DOCS / "real_runs.png", DOCS / "real_runs"
CHUNKED = (
    "gap_130_llama-2-13b_s256",
    "gap_260_llama-2-7b_s512",
    "gap_390_llama-2-13b_s512",
    "gap_520_llama-2-13b_s64",
    "gap_520_llama-2-7b_s256",
)
PREFILL_FIRST = "gapdef_llama-2-13b_s128_n500"
FULL, CAPPED = "cas_rtx4090_b", "cas_rtxpro6000_llama8b"
SATURATED = (4, 168)  # seconds of FULL: from the first full memory until the queue has run empty
WINDOWS = (SATURATED, (10, 168), (4, 160))
DETREND = 2  # degree of the polynomial that is taken off
NEVER_FULL = 10**7  # tokens: a memory that CAPPED does not fill
REPORTED = {"0": 1065, "0.02": 400, "0.05": 187, "0.10": 168, "0.15": 168}  # vLLM PR 44594
SEEDS = range(10)


def columns_of(path: Path) -> dict[str, list[str]]:
    """Return the columns of a CSV file as texts."""
    with path.open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    return {name: [row[name] for row in rows] for name in rows[0]}


def series_of(name: str) -> dict[str, Any]:
    """Return the columns of an observed series as arrays."""
    columns = columns_of(RUNS / name / "series.csv")
    return {column: np.array(values, float) for column, values in columns.items()}


def described(name: str) -> dict[str, Any]:
    """Return what is known of a run."""
    meta: dict[str, Any] = json.loads((RUNS / name / "meta.json").read_text(encoding="utf-8"))
    return meta


def homogeneous(meta: dict[str, Any]) -> list[tuple[int, int, int]]:
    """Return the requests: one to warm up, alone, and the others as the first steps saw them."""
    lengths, start = (meta["prompt_tokens"], meta["output_tokens"]), meta["output_tokens"] + 2
    first = meta.get("first_steps_arrivals", [])
    rows = [(*lengths, 0)]
    for after, count in enumerate(first):
        rows += [(*lengths, start + after)] * count
    return rows + [(*lengths, start + len(first))] * (meta["n"] - sum(first))


def replayed(name: str) -> Replay:
    """Replay a run by the rules of its engine; of V1 the step time is fitted to it."""
    meta = described(name)
    options: dict[str, Any] = {key: meta[key] for key in ("max_num_seqs", "max_num_batched_tokens")}
    options["capacity"] = meta["capacity_tokens"] or NEVER_FULL
    series = RUNS / name / "series.csv"
    if name in (FULL, CAPPED):
        requests = RUNS / name / "requests.csv"
        return stabkit.replay(requests, "vllm", series, step_time="fit", **options)
    options["enable_chunked_prefill"] = name != PREFILL_FIRST
    return stabkit.replay(homogeneous(meta), "vllm-v0", series, **options)


@dataclass(frozen=True)
class Cycle:
    """What a homogeneous run shows of the model's instability, in its own saturated time."""

    period: float  # over l
    autocorrelation: float
    half_amplitude: float  # of a sine of the same variance, over the mean
    completions: float  # per step, over a*
    recomputed: float  # prompt tokens computed again, per completion


def cycle_of(found: Replay, meta: dict[str, Any]) -> Cycle:
    """Measure a run: from its first eviction until nobody waits."""
    series, observed = found.series, found.observed
    assert observed is not None
    period, height = observed.running.period, observed.running.autocorrelation
    assert period is not None
    assert height is not None
    first = int(np.flatnonzero(series.evicted)[0])
    last = int(np.flatnonzero(series.waiting)[-1])
    inside = (observed.rows >= first) & (observed.rows <= last)
    running = observed.compared["running"].observed[inside]
    lengths = (meta["prompt_tokens"], meta["output_tokens"])
    mix = stabkit.Workload.from_classes([lengths], meta["capacity_tokens"])
    rate = series.completed[first : last + 1].mean()
    again = series.recomputed[first : last + 1].mean()
    return Cycle(
        period=period / lengths[1],
        autocorrelation=height,
        half_amplitude=math.sqrt(2) * float(running.std() / running.mean()),
        completions=float(rate / stabkit.sizing(mix).admissions),
        recomputed=float(again / rate),
    )


def worst(meta: dict[str, Any]) -> float:
    """Completions of the worst cycle over those of the steady state (R6)."""
    s, n = meta["prompt_tokens"], meta["output_tokens"]
    return float((2 * s + n + 1) / (2 * (s + n)))


@dataclass(frozen=True)
class Prediction:
    """What follows from the request lengths alone."""

    requests: float
    requests_in_blocks: float
    modulus: float
    period: float  # steps
    mean_decode: float  # steps


def predicted(name: str = FULL) -> Prediction:
    """Predict from the requests' input and output lengths."""
    meta = described(name)
    path, capacity = RUNS / name / "requests.csv", meta["capacity_tokens"]
    mix = stabkit.Workload.from_file(path, capacity, "input", "output")
    apart = stabkit.Workload.from_file(path, capacity, "input", "output", merge=False)
    found = stabkit.sizing(apart, block_size=meta["block_size"])
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


@dataclass(frozen=True)
class Window:
    """The run between two times."""

    running: float  # mean
    memory: float  # mean share in use
    steps_per_second: float


def window(start: float, end: float) -> Window:
    """Measure the run between two times; each running request decodes one token per step."""
    seen = series_of(FULL)
    inside = (seen["t"] >= start) & (seen["t"] <= end)
    pace = seen["gen_tokens_in_tick"][inside] / seen["running"][inside]
    means = (seen["running"][inside].mean(), seen["kv_frac"][inside].mean(), pace.mean())
    return Window(*(float(mean) for mean in means))


def peaks() -> list[float]:
    """Return the strongest periods of the running requests, in seconds, between 10 and 40 s."""
    seen = series_of(FULL)
    running = seen["running"][(seen["t"] >= SATURATED[0]) & (seen["t"] <= SATURATED[1])]
    at = np.arange(len(running))
    rest = running - np.polyval(np.polyfit(at, running, DETREND), at)
    power = np.abs(np.fft.rfft(rest)) ** 2
    strongest = 1 / np.fft.rfftfreq(len(rest))[np.argsort(-power)[:3]]
    return sorted(float(period) for period in strongest if 10 <= period <= 40)


def drawn(seed: int) -> list[tuple[int, int]]:
    """Return the 450 requests of the watermark experiment, drawn anew."""
    generator = np.random.default_rng(seed)
    prompts, outputs = (generator.integers(a, b, 450) for a, b in ((800, 1201), (4000, 6001)))
    return list(zip(prompts.tolist(), outputs.tolist(), strict=True))


def preemptions(watermark: str, seed: int) -> int:
    """Return the preemptions of the watermark experiment."""
    run = simulate_requests(
        drawn(seed),
        scheduler="vllm",
        capacity=299_584,
        max_num_batched_tokens=8192,
        enable_prefix_caching=False,
        concurrency=128,
        watermark=watermark,
        every=None,
        table=False,
    )
    return run.totals["evicted"]


def write_watermarks() -> None:
    """Run the watermark experiment, and write the preemptions of every run."""
    with (RUNS / "watermarks.csv").open("w", newline="", encoding="utf-8") as stream:
        table = csv.writer(stream, lineterminator="\n")
        table.writerow(["watermark", "seed", "preemptions"])
        table.writerows([w, seed, preemptions(w, seed)] for w in REPORTED for seed in SEEDS)


def watermark_runs(watermark: str) -> NDArray[np.int64]:
    """Return the preemptions of the ten runs."""
    table = columns_of(RUNS / "watermarks.csv")
    given = zip(table["watermark"], table["preemptions"], strict=True)
    return np.array([int(count) for w, count in given if w == watermark])


def far_from_the_others(counts: NDArray[np.int64]) -> int:
    """Return from how many of the runs the mean of the others differs by more than 15 %."""
    others = (counts.sum() - counts) / (len(counts) - 1)
    return int(np.sum(np.abs(others / counts - 1) > 0.15))


def watermark_rows() -> list[str]:
    """Return a line of the table for each watermark."""
    lines = []
    for watermark, reported in REPORTED.items():
        counts = watermark_runs(watermark)
        lines.append(
            f"| {float(watermark):.0%} | {reported:,} | {counts.mean():,.0f} | "
            f"{counts.min():,} to {counts.max():,} | {counts.mean() / reported - 1:+.0%} |"
        )
    return lines


def page(found: dict[str, Replay]) -> str:
    """Return the page."""
    parts = [_head(), _homogeneous(found), _full(found[FULL], found[CAPPED]), _watermarks(), _end()]
    return "\n".join(parts)


def _head() -> str:
    return """<!-- Written by scripts/real_runs.py: change that, not this. -->

# Real runs beside their replays

Three public measurements of real servers whose memory was full: identical requests on vLLM V0,
which show the instability of a single length in practice; a trace on vLLM V1, beside the model's
prediction and beside the replay; and an experiment with watermarks. A *replay* serves the requests
of the run in their order by the rules of the engine (`stabkit replay`); it knows their lengths, the
memory and the limits, and nothing else of the run unless it is said here.

![Requests in service: observed and replayed](real_runs.png)

The runs are numbers only, in [`real_runs/`](real_runs/README.md), under the licences that stand
there: Apache-2.0 (vLLMBatchingMemoryGap) and MIT (LLMServingSim, CASYS Lab, KAIST).
"""


def _homogeneous(found: dict[str, Replay]) -> str:
    lines, cycles = [], []
    for name in CHUNKED:
        meta, one = described(name), found[name]
        observed, cycle = one.observed, cycle_of(one, described(name))
        assert observed is not None
        lengths = f"{meta['prompt_tokens']}:{meta['output_tokens']}"
        label = f"{meta['model'].removeprefix('llama-2-').upper()}, {lengths}"
        label += f", {meta['max_num_seqs']} seqs"
        compared = observed.compared
        lines.append(
            f"| {label} | {observed.preemptions} | {one.preemptions} | "
            f"{compared['preemptions'].equal:.0%} | "
            f"{compared['prefilled'].observed[-1] - compared['prefilled'].simulated[-1]:+.0f} | "
            f"{compared['running'].correlation:.5f} | {compared['running'].equal:.1%} |"
        )
        cycles.append(
            f"| {label} | {cycle.period:.2f} l | {cycle.autocorrelation:.2f} | "
            f"{cycle.half_amplitude:.0%} | {cycle.completions:.2f} | {worst(meta):.2f} | "
            f"{cycle.recomputed:.0f} |"
        )
    first = found[PREFILL_FIRST].observed
    assert first is not None
    samples = len(first.rows)
    r, waiting = (first.compared[kind].correlation for kind in ("running", "waiting"))
    return f"""
## Identical requests on vLLM V0

2,000 requests of one length each, all at once (arXiv:2503.08311; vLLM 0.5.2.dev1210, chunked
prefill, a watermark of 1 %), one sample a second. Replayed with `--scheduler vllm-v0`; samples are
compared at equal numbers of generated and prompt tokens, and nothing is fitted (of the third run,
the first two scheduling steps saw one request and none, which its `meta.json` infers).

| run | preempted | replayed | equal at | prompt tokens, difference | r, running | equal at |
|---|---|---|---|---|---|---|
{chr(10).join(lines)}

So the replay takes the decisions of the server one by one: the preemptions so far are equal at
every sample, and so is the number of prompt tokens. Of the running requests only the sample before
the first request differs, and one or two at the end.

These runs show what [the theory](theory/README.md) says of a single length. The number in service
swings with a period of little more than l, as a cohort that is renewed does:

| run | period | autocorrelation | half amplitude | completions | worst cycle | prefilled again |
|---|---|---|---|---|---|---|
{chr(10).join(cycles)}

The half amplitude is that of a sine of the same variance, over the mean; completions are per step,
over those of the steady state, a\\*, from the first eviction until nobody waits; the worst cycle is
R6's (2s + l + 1) / (2(s + l)); the last column is in tokens per completed request. The server loses
less than the worst cycle because it *keeps* what an evicted request has generated: the same cycle
runs on, but is paid in prefill. And 250:130 shows least of it: l is short beside s.

One run with prefill first (13B, 250:230, 128 seqs, 500 requests; from lines of a log every 5 s):
{samples} samples, running r = {r:.3f}, waiting r = {waiting:.4f}; here the rates of the log are
summed up for the clock.
"""


def _full(full: Replay, capped: Replay) -> str:
    prediction, windows = predicted(), [window(*times) for times in WINDOWS]
    running = [one.running for one in windows]
    paces = [one.steps_per_second for one in windows]
    low, high = min(paces), max(paces)
    strongest = " and ".join(f"{period:.1f} s" for period in peaks())
    seconds = f"{prediction.period / high:.1f} to {prediction.period / low:.1f} s"
    turns = (SATURATED[1] - SATURATED[0]) * high / prediction.period
    capacity = described(FULL)["capacity_tokens"]
    return f"""
## A trace on vLLM V1

A vLLM 0.19.0 server (Llama-3.1-8B, one RTX 4090, {capacity:,} KV tokens) served 300 ShareGPT
requests; its memory was full from about {SATURATED[0]} s to {SATURATED[1]} s.

### What the model predicts

The prediction knows the input and output lengths and the capacity.

| quantity | predicted | observed |
|---|---|---|
| requests in service | {prediction.requests:.2f}; in blocks of 16 tokens \
{prediction.requests_in_blocks:.2f} | {min(running):.1f} to {max(running):.1f} on the mean, by \
window, at a mean KV use of {windows[0].memory:.1%} |
| growth of the dominant swing | {prediction.modulus:.5f} per step | not measurable here |
| period of the dominant swing | {prediction.period:.1f} steps; at the measured \
{low:.1f} to {high:.1f} steps/s {seconds} | the detrended series peaks at {strongest} |

How it was measured: steps per second are generated tokens over running requests, sample by sample
(one per second), averaged over windows of the saturated time. The series of running requests is
freed of a polynomial of degree {DETREND}; the peaks are the strongest ones of its periodogram
within a factor of two of the prediction.

### What the replay does

With the engine's rules (`--scheduler vllm`: prefix caching, the full-prompt gate, asynchronous
scheduling), the arrivals, and which prompts begin alike. The three numbers of the step time a + b
prefilled + c running are fitted to the run, so that the makespan is not predicted; the decisions
are not fitted. A second run of the same trace, on an RTX PRO 6000, never fills its memory: the
limit of 128 running requests binds.

{_beside_table(full, capped)}

Compared in seconds, one sample a second. What each rule is worth, measured on the RTX 4090 by
leaving it out, the step time as above:

| left out | running, r | memory in use, r | preemptions |
|---|---|---|---|
{chr(10).join(without(full))}

### What this does not show

* It is **one run** of about {turns:.0f} periods: evidence, not proof.
* The number in service is **mostly an identity of a full memory**: whatever the dynamics, so many
  requests of these lengths fill {capacity:,} tokens. It is partly luck too: the observed mean
  includes times when memory was not quite full.
* A **synchronised start alone** would give much the same period: a batch that starts together is
  renewed after the mean decode length of {prediction.mean_decode:.0f} steps, \
{prediction.mean_decode / high:.1f} to {prediction.mean_decode / low:.1f} s.
* A growth of {prediction.modulus - 1:.5f} per step means doubling in \
{np.log(2) / np.log(prediction.modulus):,.0f} steps, which is longer than the run.
* The server differs from the model: it keeps the tokens generated before a preemption, prefills
  prompts in chunks that share steps with decoding, preempts the latest arrival, and hands out
  memory in blocks of 16 tokens. The replay has all this; the model of the table above has not.
* 300 requests are a sample: the law of the lengths is known that well and no better.
"""


def _beside_table(full: Replay, capped: Replay) -> str:
    rows = ["| | RTX 4090, replayed | observed | RTX PRO 6000, replayed | observed |"]
    rows.append("|---|---|---|---|---|")
    columns = []
    for one in (full, capped):
        observed = one.observed
        assert observed is not None
        assert one.makespan_seconds is not None
        assert one.step_time is not None
        a, b, c = one.step_time
        r = {name: f"r = {compared.correlation:.4f}" for name, compared in observed.compared.items()
             if compared.correlation is not None}  # fmt: skip
        columns.append((
            (f"{one.running.mean:.2f}", f"{observed.running.mean:.2f}"),
            (f"{one.running.sd:.2f}", f"{observed.running.sd:.2f}"),
            ("", r["running"]),
            ("", r["waiting"]),
            ("", r.get("memory", "not recorded")),
            (_steps(one.running.period), _steps(observed.running.period)),
            (f"{one.makespan_seconds:.1f} s", f"{observed.makespan_seconds:.0f} s"),
            (f"{one.preemptions}", "not recorded"),
            (f"{1e3 * a:.1f} ms + {1e6 * b:.0f} µs + {1e6 * c:.0f} µs", "fitted"),
        ))  # fmt: skip
    names = (
        "running, mean",
        "running, standard deviation",
        "running, correlation",
        "waiting, correlation",
        "memory in use, correlation",
        "period",
        "makespan",
        "preemptions",
        "step time a + b + c",
    )
    for name, one, other in zip(names, *columns, strict=True):
        rows.append(f"| {name} | {' | '.join((*one, *other))} |")
    return "\n".join(rows)


def without(full: Replay) -> list[str]:
    """Return a line of the table for each rule that is left out."""
    rows = RUNS / FULL / "requests.csv"
    table = columns_of(rows)
    lengths = (map(int, table[name]) for name in ("input", "output"))
    alone = list(zip(*lengths, map(float, table["arrival_s"]), strict=True))
    cases: tuple[tuple[str, Any, dict[str, Any]], ...] = (
        ("nothing", rows, {}),
        ("that prompts share prefixes", alone, {}),
        ("all prefix caching", rows, {"enable_prefix_caching": False}),
        ("the full-prompt gate", rows, {"scheduler_reserve_full_isl": False}),
        ("the asynchronous lag", rows, {"async_scheduling": False}),
        ("blocks: tokens instead", alone, {"block_size": 1}),
    )
    meta, lines = described(FULL), []
    for name, trace, options in cases:
        found = stabkit.replay(
            trace,
            "vllm",
            RUNS / FULL / "series.csv",
            step_time=full.step_time,
            capacity=meta["capacity_tokens"],
            **options,
        )
        assert found.observed is not None
        r = [found.observed.compared[kind].correlation for kind in ("running", "memory")]
        lines.append(f"| {name} | {r[0]:.3f} | {r[1]:.3f} | {found.preemptions} |")
    return lines


def _steps(period: float | None) -> str:
    return "none" if period is None else f"{period:.0f} steps"


def _watermarks() -> str:
    far = sum(far_from_the_others(watermark_runs(watermark)) for watermark in REPORTED)
    return f"""
## A public experiment with watermarks

vLLM's pull request 44594 adds a watermark to admission and reports one run for each of five: 450
requests with prompts of about 1,000 and outputs of about 5,000 tokens (uniform within a fifth), at
most 128 of them in the system, 299,584 KV tokens, no prefix caching. The replay draws the requests
anew, with ten seeds, by vLLM's rules and 8,192 tokens a step, which the report does not state;
nothing is fitted.

| watermark | reported | mean of ten | range | difference |
|---|---|---|---|---|
{chr(10).join(watermark_rows())}

Each reported number is one run; seeds differ by some 5 to 10 % (one standard deviation), and all
five lie inside the range of the ten. A difference of 17 % says nothing then: were one of our own
runs the reported one, the mean of the others would be off by more than 15 % in {far} of 50 cases.
The report finds the best throughput at 5 %: beyond, a watermark prevents little, and costs memory.
"""


def _end() -> str:
    return """
## To do it again

```console
$ stabkit replay 1x250:260@0 2000x250:260@262 --scheduler vllm-v0 --capacity 89728 \\
    -o max_num_seqs=512 --observed docs/real_runs/gap_260_llama-2-7b_s512/series.csv
$ stabkit replay docs/real_runs/cas_rtx4090_b/requests.csv --capacity 41408 --step-time fit \\
    --observed docs/real_runs/cas_rtx4090_b/series.csv
```

The first request of the first line runs alone, to warm up; the others come at step 262.
"""


def figure(found: dict[str, Replay]) -> bytes:
    """Draw the running requests of two runs, observed and replayed."""
    with style.house_style():
        drawing = style.new_figure(9.5)
        above, below = drawing.subplots(2, 1)
        draw_running(above, found["gap_520_llama-2-7b_s256"])
        above.set_xlabel("step (vLLM V0, identical requests, 250:520)")
        style.legend_above(above)
        draw_running(below, found[FULL])
        below.set_xlabel("step (vLLM V1, ShareGPT)")
        return figure_bytes(style.settled(drawing), "png")


def draw_running(axes: Any, found: Replay) -> None:
    """Draw the running requests, along the steps of the replay."""
    assert found.observed is not None
    line: dict[str, Any] = {"linewidth": 0.9}
    axes.plot(found.series.running, color=style.VERMILLION, label="replayed", **line)
    rows, seen = found.observed.rows, found.observed.compared["running"].observed
    axes.plot(rows, seen, color=style.BLUE, linestyle=(0, (3, 1.5)), label="observed", **line)
    axes.set(xlim=(0, len(found.series)), ylim=(0, None), ylabel="running requests")


def main() -> int:
    """Write the page and its figure."""
    if "--watermarks" in sys.argv[1:]:
        write_watermarks()
    found = {name: replayed(name) for name in (*CHUNKED, PREFILL_FIRST, FULL, CAPPED)}
    PAGE.write_text(page(found), encoding="utf-8")
    FIGURE.write_bytes(figure(found))
    return 0


if __name__ == "__main__":
    sys.exit(main())
