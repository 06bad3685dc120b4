# /// script
# [tool.marimo.display]
# theme = "system"
# ///
"""Lesson 8: a real trace and a real run."""

import marimo

__generated_with = "0.25.2"
app = marimo.App(width="medium", app_title="8 Real traces")

with app.setup:
    import math
    import tempfile
    from fractions import Fraction
    from html import escape
    from itertools import pairwise
    from pathlib import Path

    import marimo as mo
    import numpy as np
    from stabkit_lessons import lesson
    from stabkit_lessons.answers import answered, asked
    from stabkit_lessons.display import answer, picture, verdict

    import stabkit


@app.cell(hide_code=True)
def _():
    mo.md(lesson("real_traces").header)
    return


@app.cell
def _():
    # 300 ShareGPT requests that a vLLM server served on one RTX 4090: only their lengths
    mix = stabkit.Workload.named("vllm-rtx4090")
    analysis = stabkit.analyze(mix)
    return analysis, mix


@app.cell(hide_code=True)
def _(analysis, mix):
    mo.md(f"""
    ## From a trace to a mix

    A trace is a list of requests; the mix is what remains when the order is forgotten. stabkit
    merges requests of equal output length and takes the mean of their prompts, which is exact for
    the dynamics (R11). The {mix.request_count} requests of this trace have {len(mix.classes)}
    output lengths, up to {mix.longest_decode} tokens, {float(mix.mean_decode_length):.1f} on the
    mean. The memory has room for {int(mix.capacity):,} tokens.

    So the characteristic polynomial has the degree {mix.longest_decode - 1}. Counting its roots is
    still a proof: {analysis.counts.inside} modes decay and {analysis.counts.outside} grow. The mix
    is **{analysis.verdict}**.
    """)
    return


@app.cell(hide_code=True)
def _(mix):
    picture(
        stabkit.figure(stabkit.kernel_picture(mix)),
        "The memory kernel of the trace: what an admission of a random request is expected to hold "
        "so many steps later.",
        34,
    )
    return


@app.cell(hide_code=True)
def _(analysis, mix):
    picture(
        stabkit.figure(stabkit.root_picture(mix, stabkit.roots(mix, 20), analysis.verdict)),
        "The roots of largest modulus of the trace, next to the unit circle.",
        34,
    )
    return


@app.cell(hide_code=True)
def _(analysis, mix):
    _mode = analysis.dominant_modes[0]
    mo.md(f"""
    ## What it predicts

    | | predicted from the lengths alone |
    |:--|--:|
    | requests in service | {float(analysis.equilibrium.requests_in_service):.2f} |
    | growth of the dominant swing, per step | {_mode.modulus:.5f} |
    | its period, in steps | {_mode.period_steps:.1f} |
    | steps until it doubles | {_mode.doubling_steps:.0f} |

    The run itself was measured. At {steps_per_second()} decode steps per second the period is
    {_mode.period_steps / steps_per_second():.1f} seconds; the number of running requests swings
    with periods of {" and ".join(map(str, observed_peaks()))} seconds, around a mean between
    {observed_mean()[0]} and {observed_mean()[1]}.

    ## Do not believe it too soon

    * It is **one run** of about eight periods.
    * The number in service is mostly an identity: whatever the dynamics, so many requests of these
      lengths fill the memory.
    * A batch that starts together is renewed after the mean output length,
      {float(mix.mean_decode_length):.0f} steps: a synchronised *start* alone would
      give nearly the same period.
    * With a growth of {_mode.modulus - 1:.5f} per step nothing can be seen to grow in a run of this
      length.
    * The server is not the model: vLLM keeps generated tokens when it preempts, hands out memory in
      blocks, prefills in chunks, and preempts the latest arrival.

    So the run agrees with the prediction, and does not prove it.
    """)
    return


@app.cell(hide_code=True)
def _(analysis, mix):
    _spread = deviation(mix) / float(mix.mean_decode_length)
    mo.md(f"""
    ## How far from stable?

    Were all prompts equally long, the threshold would be
    {float(analysis.threshold.input_length):.1f} tokens. The variance law of lesson 5 has nothing to
    say here. It is for one narrow, smooth hump, with a standard deviation of at most 0.1 of the
    mean; here it is {_spread:.2f}, and {100 * share_between(mix, 750, 799):.0f} % of the requests
    write 750 to 799 tokens, with hardly any above and a broad rest below. Now a trace with more
    spread:
    """)
    return


@app.cell
def _():
    code_mix = stabkit.Workload.named("azure-code-2023")
    code = stabkit.analyze(code_mix, crosscheck=False)
    return code, code_mix


@app.cell(hide_code=True)
def _(code, code_mix):
    _spread = deviation(code_mix) / float(code_mix.mean_decode_length)
    mo.md(f"""
    The Azure code trace, {code_mix.request_count:,} requests, is **{code.verdict}**, with the
    spectral radius {float(code.spectral_radius.value):.6f}. Its output lengths have a standard
    deviation of {_spread:.1f} times their mean. Spread calms.
    """)
    return


@app.cell(hide_code=True)
def _():
    mo.md(r"""
    ## Your own server

    Drop the request log of your server or load generator, as it is (`stabkit formats` lists what is
    read), or a mix in TOML or JSON. It stays on this machine. Give the memory too: how many tokens
    your KV cache holds.
    """)
    return


@app.cell(hide_code=True)
def _():
    own = mo.ui.file(kind="area", label="A request log or a mix")
    memory = mo.ui.number(1, 10**9, value=100_000, label="memory, in tokens")
    mo.vstack([own, memory])
    return memory, own


@app.cell
def _(memory, own):
    read, refused = reader_mix(own.contents(), memory.value)
    yours = None if read is None else stabkit.analyze(read, crosscheck=False)
    return read, refused, yours


@app.cell(hide_code=True)
def _(read, refused, yours):
    verdict(escape(refused) if yours is None else found_of(read, yours))
    return


@app.cell(hide_code=True)
def _(read, yours):
    None if yours is None else mo.vstack(pictures_of(read, yours))
    return


@app.function
def found_of(mix: stabkit.Workload, found: stabkit.Analysis) -> str:
    """Return what a reader's mix does, in words."""
    served = float(found.equilibrium.requests_in_service)
    return (
        f"<strong>{found.verdict.capitalize()}.</strong> {len(mix.classes)} output lengths, "
        f"{float(mix.mean_decode_length):.1f} tokens on the mean; {served:.1f} requests are in "
        "service at the equilibrium."
    )


@app.function
def pictures_of(mix: stabkit.Workload, found: stabkit.Analysis) -> list[object]:
    """Return kernel and roots of a mix, the roots if its outputs are no longer than 2,000 steps."""
    shown = [picture(stabkit.figure(stabkit.kernel_picture(mix)), "The memory kernel.", 34)]
    if mix.longest_decode <= 2000:
        roots = stabkit.root_picture(mix, stabkit.roots(mix, 20), found.verdict)
        shown.append(picture(stabkit.figure(roots), "The roots, next to the unit circle.", 34))
    return shown


@app.function
def reader_mix(contents: bytes | None, memory: int) -> tuple[stabkit.Workload | None, str]:
    """Return the mix of a file, or why there is none."""
    if contents is None:
        return None, "No file yet."
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "your file")
        path.write_bytes(contents)
        try:
            return stabkit.Workload.from_file(path, memory), ""
        except stabkit.InvalidWorkload as error:
            return None, str(error)


@app.function
def deviation(workload: stabkit.Workload) -> float:
    """Return the standard deviation of the decode length, in steps."""
    mean = workload.mean_decode_length
    return math.sqrt(sum(c.share * (c.decode_length - mean) ** 2 for c in workload.classes))


@app.function
def share_between(workload: stabkit.Workload, least: int, most: int) -> float:
    """Return the share of requests with an output length from least to most."""
    return float(sum(c.share for c in workload.classes if least <= c.decode_length <= most))


@app.function
def steps_per_second() -> float:
    """Return the measured pace of the run (docs/real_runs.md in the repository)."""
    return 32.8


@app.function
def observed_peaks() -> tuple[float, float]:
    """Return the strongest periods of the measured run, in seconds (docs/real_runs.md)."""
    return 20.6, 23.6


@app.function
def observed_mean() -> tuple[float, float]:
    """Return the range of the mean number of running requests, by window (docs/real_runs.md)."""
    return 34.3, 34.6


@app.cell(hide_code=True)
def _():
    tries = mo.ui.array(
        [
            asked("In service"),
            asked("The loss"),
        ]
    )
    return (tries,)


@app.cell(hide_code=True)
def _():
    mo.md(r"""
    ## Exercises

    **1.** A GPU has room for 100,000 tokens. Requests have prompts of 700 tokens and write 300
    tokens each. How many are in service at the equilibrium, and how many complete per step?
    """)
    return


@app.cell(hide_code=True)
def _(tries):
    answered(
        tries,
        0,
        Fraction(300 * 100_000, 255_150),
        "One request holds 701 + 702 + ... + 1000 token-steps over its life.",
    )
    return


@app.cell(hide_code=True)
def _():
    answer(rf"""
    One request holds $300 \cdot 700 + \frac{{300 \cdot 301}}{{2}} = 255\,150$ token-steps over its
    life. So $a^* = 100\,000 / 255\,150 = {rate(700, 300, 100_000):.4f}$ per step, and
    $300 a^* = {300 * rate(700, 300, 100_000):.2f}$ are in service.
    """)
    return


@app.cell(hide_code=True)
def _():
    mo.md(r"""
    **2.** For the same server: is the equilibrium stable, and what does the worst cycle lose?
    """)
    return


@app.cell(hide_code=True)
def _(tries):
    answered(
        tries,
        1,
        Fraction(299, 2000),
        "(l - 1) over twice the tokens of a request in its last step.",
    )
    return


@app.cell(hide_code=True)
def _():
    _loss = stabkit.worst_cycle_loss(700, 300)
    answer(rf"""
    One class is never stable (R5). The loss is
    $\frac{{l - 1}}{{2 (s + l)}} = \frac{{299}}{{2000}}$, {100 * float(_loss):.1f} %.
    """)
    return


@app.cell(hide_code=True)
def _():
    mo.md(r"""
    **3.** You cap all outputs at 256 tokens, and a third of the requests hit the cap. Is that good
    or bad for stability, and for which prompt lengths $s$? Argue with the first and the last value
    of the memory kernel (what is the product of all modes?), then try it: outputs are 1, ..., 255
    with equal shares, and the cap.
    """)
    return


@app.cell(hide_code=True)
def _():
    _counts = {s: [unstable_modes(capped(s, n)) for n in (0, 1, 4)] for s in (50, 200, 1000)}
    _rows = "\n".join(
        f"    | {s} | {none} of 254 | {third} of 255 | {most} of 255 |"
        for s, (none, third, most) in _counts.items()
    )
    answer(rf"""
    Bad for short prompts, without harm for long ones. The product of all modes is, but for its
    sign, $g_{{L-1}} / g_0$, the last value of the kernel over the first. A third of the requests
    stay until the end: $\frac{{(s + 256) / 3}}{{s + 1}}$ is above 1 for $s < \frac{{253}}{{2}}$, so
    that some mode must grow. (For two thirds that is so for $s < 509$; without the cap the quotient
    is $\frac{{(s + 255) / 255}}{{s + 1}}$, never above 1.) Where it is below 1 this proves nothing;
    the counts do. Unstable modes without the cap, with a third and with two thirds at the cap:

    | $s$ | no cap | a third | two thirds |
    |--:|--:|--:|--:|
{_rows}

    Does the kernel $g_m = (s + m + 1) S_m$ rise all the way, as in R5? With two thirds it does at
    $s = 50$, and every mode grows. With a third it does not: at $s = 50$ it has its peak at
    $m = {peak(capped(50, 1))}$, and yet every mode grows. Indeed the exact threshold is
    {stabkit.threshold(capped(0, 1)).threshold.exact} with a third,
    {stabkit.threshold(capped(0, 4)).threshold.exact} with two thirds and 0 without the cap.
    """)
    return


@app.function
def rate(inputs: int, decode: int, capacity: int) -> float:
    """Return the equilibrium's admissions per step."""
    mix = stabkit.Workload.from_classes([(inputs, decode)], capacity)
    return float(stabkit.analyze(mix).equilibrium.admissions_per_step)


@app.function
def capped(inputs: int, halves: int) -> stabkit.Workload:
    """Return outputs 1, ..., 255 with equal shares and an atom at 256 of halves/(halves + 2)."""
    classes = [(inputs, n, Fraction(1, 255)) for n in range(1, 256)]
    if halves:
        classes.append((inputs, 256, Fraction(halves, 2)))
    return stabkit.Workload.from_classes(classes)


@app.function
def unstable_modes(mix: stabkit.Workload) -> int:
    """Return the number of roots outside the unit circle."""
    return stabkit.unit_circle_counts(mix).outside


@app.function
def peak(mix: stabkit.Workload) -> int:
    """Return where the memory kernel is largest."""
    kernel = [Fraction(str(g)) for g in stabkit.memory_kernel(mix)]
    return kernel.index(max(kernel))


@app.function
def test_a_file_of_the_reader():
    read, refused = reader_mix(b"prompt_tokens,completion_tokens\n10,3\n10,5\n", 1000)
    assert read.classes == stabkit.Workload.from_classes([(10, 3), (10, 5)]).classes
    assert (read.capacity, refused) == (1000, "")
    assert "Stable" in found_of(read, stabkit.analyze(read))  # s* = 9.8229483
    assert reader_mix(None, 1000)[0] is None
    nothing, refused = reader_mix(b"<b>\n1\n", 1000)
    assert nothing is None
    assert "your file" in refused


@app.function
def test_solution_1():
    assert math.isclose(rate(700, 300, 100_000), 100_000 / sum(700 + j for j in range(1, 301)))


@app.function
def test_solution_2():
    assert stabkit.worst_cycle_loss(700, 300) == Fraction(299, 2000)
    counts = stabkit.unit_circle_counts(stabkit.Workload.from_classes([(700, 300)]))
    assert counts.outside == 299


@app.function
def test_solution_3():
    for inputs, halves in ((50, 0), (50, 1), (200, 1), (200, 4), (1000, 4)):
        mix = capped(inputs, halves)
        kernel = [float(g) for g in stabkit.memory_kernel(mix)]
        outside = int(np.sum(np.abs(np.roots(kernel)) > 1 + 1e-9))  # no root is that near
        assert unstable_modes(mix) == outside


@app.function
def test_solution_3_the_kernel_by_hand():
    for third, halves in ((Fraction(0), 0), (Fraction(1, 3), 1), (Fraction(2, 3), 4)):
        # a request is alive after m steps if it is at the cap, or one of the 255 - m longer ones
        alive = [third + (1 - third) * Fraction(255 - m, 255) for m in range(256)]
        for s in (0, 50, 126, 127, 508, 510):
            kernel = [(s + m + 1) * x for m, x in enumerate(alive)][: 256 if halves else 255]
            mix = capped(s, halves)
            assert [Fraction(str(g)) for g in stabkit.memory_kernel(mix)] == kernel
            if kernel[-1] > kernel[0]:
                assert unstable_modes(mix) > 0
            rises = all(b > a for a, b in pairwise(kernel))
            assert rises is (third == Fraction(2, 3) and s < 255)
            # the kernel is its own mirror image at the threshold: no root is nearer to the circle
            border = {0: 0, 1: Fraction(253, 2), 4: 509}[halves]
            at = [(border + m + 1) * x for m, x in enumerate(alive)][: len(kernel)]
            assert at == at[::-1]
            assert (unstable_modes(mix) == 0) is (s >= border)
    assert peak(capped(50, 1)) == 166


@app.function
def test_the_prediction():
    mix = stabkit.Workload.named("vllm-rtx4090")
    held = sum(
        c.share * (c.decode_length * c.input_length + c.decode_length * (c.decode_length + 1) / 2)
        for c in mix.classes
    )
    in_service = float(mix.capacity / held * mix.mean_decode_length)
    assert round(in_service, 2) == 34.39
    mode = stabkit.dominant_modes(mix, 1, 20)[0].value
    value = sum(float(g) * complex(mode) ** (-m) for m, g in enumerate(stabkit.memory_kernel(mix)))
    assert abs(value) < 1e-6 * float(held)


if __name__ == "__main__":
    app.run()
