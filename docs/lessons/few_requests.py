# /// script
# [tool.marimo.display]
# theme = "system"
# ///
"""Lesson 9: few and random requests. What the fluid's verdict is worth for whole ones."""

import marimo

__generated_with = "0.25.2"
app = marimo.App(width="medium", app_title="9 Few requests")

with app.setup:
    import math
    from fractions import Fraction

    import marimo as mo
    import numpy as np
    from stabkit_lessons import lesson
    from stabkit_lessons.answers import answered, asked
    from stabkit_lessons.display import answer, number, picture, verdict
    from stabkit_lessons.servers import (
        beside,
        evictions,
        long_outputs,
        relative_swing,
        sized,
        strongest_period,
        two_servers,
    )

    import stabkit


@app.cell(hide_code=True)
def _():
    mo.md(lesson("few_requests").header)
    return


@app.cell(hide_code=True)
def _():
    mo.md(r"""
    ## A request is whole

    The model so far is a fluid: it admits 2.37 requests, in exact shares. A server admits whole
    ones, first come first served, while the *next* one fits, and what comes next is chance. If
    the running requests outgrow the memory it evicts the latest. Here are five kinds of requests in
    equal shares, with outputs of 8, 9, 10, 11 and 12 tokens and a common prompt. The fluid is
    unstable with prompts of 12 tokens, stable with 20 or 40.

    Move the capacity from room for one admission per step, $a^* = 1$, to 50. Both servers start
    empty.
    """)
    return


@app.cell(hide_code=True)
def _():
    size = mo.ui.slider(
        steps=[1, 2, 5, 10, 20, 50], value=5, show_value=True, label="capacity, as a*"
    )
    prompt = mo.ui.slider(steps=[12, 20, 40], value=40, show_value=True, label="prompt length s")
    mo.hstack([size, prompt], justify="start", wrap=True)
    return prompt, size


@app.cell
def _(prompt, size):
    mix = sized(prompt.value, size.value)
    fano = stabkit.fano_factor(mix) if stabkit.unit_circle_counts(mix).verdict == "stable" else None
    return fano, mix


@app.cell(hide_code=True)
def _(fano, mix, size):
    _said = "<strong>Unstable.</strong> The swing has no end."
    if fano is not None:
        _swing = 100 * math.sqrt(fano / size.value)
        _said = f"<strong>Stable.</strong> Admissions vary by {_swing:.0f}\N{NO-BREAK SPACE}%."
    verdict(f"{int(mix.capacity):,} tokens. {_said}")
    return


@app.cell
def _(mix):
    whole = stabkit.simulate_requests(mix, steps=300, seed=1, table=False).series
    fluid = stabkit.simulate(mix, 300)
    return fluid, whole


@app.cell(hide_code=True)
def _(fluid, mix, size, whole):
    beside(
        fluid,
        whole,
        size.value,
        f"Requests in service, and admissions per step, of {mix.capacity} tokens: whole requests "
        "beside the fluid, over 300 steps from the empty memory.",
    )
    return


@app.cell(hide_code=True)
def _(fano, size, whole):
    _net = (whole.admitted - whole.evicted)[100:]
    _seen = f"In the run it is {100 * np.std(_net) / np.mean(_net):.0f} %, from step 100 on."
    mo.md(
        r"""
    ## How much of it can be seen?

    For a stable mix and a large server the admissions of one step have the variance $V a^*$ (R13),
    with a number $V$, the *Fano factor*, that depends on the mix alone. So their coefficient of
    variation is $\sqrt{V / a^*}$ (R15): the verdict is a statement about an average, and is what
    one sees only where $a^*$ is well above $V$, say $10 V$. Below $V$ noise decides.

    """
        + (
            rf"Here $V = {float(fano):.2f}$ and $a^* = {size.value}$, so that admissions are "
            rf"expected to vary by ${100 * math.sqrt(fano / size.value):.0f}$ %. {_seen}"
            if fano is not None
            else f"This mix is unstable: it has no Fano factor, for its swing has no end. {_seen}"
        )
    )
    return


@app.cell(hide_code=True)
def _():
    mo.md(r"""
    ## A stable mix swings all the time

    A mode of a stable mix decays, but the next random request excites it again. So every count of
    the server has a *spectrum* with a peak at the period of each slow mode: a *quasi-cycle*, kept
    alive by noise (R14). The peak is as wide as the mode is quick to decay, $1 - |\lambda|$ on both
    sides. For prompts of 40 tokens:
    """)
    return


@app.cell(hide_code=True)
def _():
    picture(
        stabkit.figure(stabkit.fluctuations(sized(40, 5))),
        "Spectral densities of admissions, completions and requests in service of the stable mix, "
        "with a peak at a period of ten steps.",
        34,
    )
    return


@app.cell(hide_code=True)
def _():
    mo.md(r"""
    Therefore **a peak in a measured series is no proof of instability.** One of the two servers
    below has a stable mix, the other an unstable one, both have $a^* = 2$. Which is which?
    """)
    return


@app.cell(hide_code=True)
def _():
    picture(
        two_servers(),
        "Requests in service of two servers, A and B, over 200 steps. Both swing irregularly with "
        "a period of about ten steps.",
        36,
    )
    return


@app.cell(hide_code=True)
def _():
    answer(rf"""
    A has prompts of 19 tokens and is stable, B has 17 and is not. The strongest periods are
    {strongest_period(19):.1f} and {strongest_period(17):.1f} steps, and the swings
    {100 * relative_swing(19, 2):.1f} and {100 * relative_swing(17, 2):.1f} % of the mean: these
    tell the mix, not the verdict. What does tell: the *lengths* of the requests, from which the
    verdict is computed; or a second, larger server. With $a^*$ the swing of a stable mix grows like
    $\sqrt{{a^*}}$, that of an unstable one in the long run in proportion.
    """)
    return


@app.cell(hide_code=True)
def _():
    mo.md(r"""
    ## Stable mixes evict all the same

    In each step every running request grows by a token, and completions free memory. On the mean
    both are equal. Now and then completions free less, and then a stable mix evicts too, rarely
    and at little cost. There is a formula (R16), an approximation, right to 15 % where it answers.
    Beside it, whole requests, for outputs of 1 to 40 tokens and prompts of 40 to 46:
    """)
    return


@app.cell(hide_code=True)
def _():
    _found = evictions()

    def _row(label, value):
        return f"    | {label} | {' | '.join(value(*one) for one in _found)} |"

    _rows = "\n".join(
        (
            _row("$B$, tokens", lambda server, run: f"{server.capacity}"),
            "    |:--|--:|--:|--:|",
            _row("$a^*$", lambda server, run: f"{float(server.admissions):.2f}"),
            _row(
                "steps that evict, %", lambda server, run: f"{100 * server.evict_probability:.1f}"
            ),
            _row("simulated", lambda server, run: f"{100 * run.evict_probability.value:.1f}"),
            _row("evicted per step", lambda server, run: f"{server.evicted_per_step:.3f}"),
            _row("simulated", lambda server, run: f"{run.evicted_per_step.value:.3f}"),
            _row("tokens, %", lambda server, run: f"{100 * run.throughput_ratio.value:.0f}"),
        )
    )
    mo.md(rf"""
{_rows}

    *Tokens*: completed ones, simulated, over the steady state's $a^* \mu$. A part of what is
    missing is *slack*: the next request does not fit, and less than it needs is left over. In vLLM
    and its like an evicted request keeps its tokens: no decode step is lost then, and evictions
    cost prefill instead (the record *kept-progress*).
    """)
    return


@app.cell(hide_code=True)
def _():
    mo.md(r"""
    ## A watermark

    Keep $w$ tokens free when admitting, and use them for growth. Lesson 7 said that a watermark
    stabilises nothing: it does not touch the polynomial. But against *chance* it works (R17). For
    small servers, $a^* \le 0.3$, every further $1 / R$ tokens divide the evictions by $e$; in
    larger ones the first tokens do less. $R$ is the *Lundberg exponent*, the root of
    ${1 - E\,e^{-R (S + T)} = R\,E\,T}$ for inputs $S$ and outputs $T$, and $1 / R$ is little more
    than a mean output. The price is the share $w / B$ of the throughput. The memory is now 5000
    tokens, $a^* = 4.3$:
    """)
    return


@app.cell(hide_code=True)
def _():
    mark = mo.ui.slider(0, 120, step=20, value=0, show_value=True, label="watermark, in tokens")
    mark
    return (mark,)


@app.cell(hide_code=True)
def _():
    server = stabkit.finite_server(long_outputs(5000), evictions=Fraction(1, 1000))
    return (server,)


@app.cell(hide_code=True)
def _(mark, server):
    _run = stabkit.simulate_requests(
        server.mix, steps=2000, seed=2, every=None, table=False, watermark_tokens=mark.value
    )
    _tokens = _run.totals["completed_tokens"] / _run.steps / float(server.requests)
    verdict(
        f"With a watermark of {mark.value} tokens: <strong>{_run.totals['evicted']}</strong> "
        f"evictions in {_run.steps} steps, {100 * _tokens:.1f}\N{NO-BREAK SPACE}% of the steady "
        "state's tokens, simulated."
    )
    return


@app.cell(hide_code=True)
def _(server):
    mo.md(f"""
    Here 1/R is {1 / float(server.lundberg_exponent.low):.1f} tokens, the mean output
    {float(server.mix.mean_decode_length):.1f}. For one eviction in 1000 steps the formula asks for
    {server.watermark.tokens} tokens, {100 * float(server.watermark.fraction):.1f} % of the memory.
    """)
    return


@app.cell(hide_code=True)
def _():
    tries = mo.ui.array(
        [
            asked("V"),
            asked("Growth of the deviation"),
            asked("The limit"),
            asked("Watermark, in mean outputs"),
        ]
    )
    return (tries,)


@app.cell(hide_code=True)
def _():
    mo.md(r"""
    ## Exercises

    **1.** Half of the requests are $(s, l) = (9, 1)$, half are $(1, 2)$. Compute $V$: with
    $N_k = E \sum_m Y(m) Y(m + k)$, where $Y(m)$ is what a request holds $m$ steps after its
    admission, solve $\sum_i (g_{i+k} y_i + g_i y_{i+k}) = N_k$ for $k = 0, 1$; then
    $V = 2 y_0 / g_0 - 1$. Which capacity lets the admissions vary by no more than a tenth?
    """)
    return


@app.cell(hide_code=True)
def _(tries):
    answered(tries, 0, Fraction(17, 27), "Solve 12 y0 + 3 y1 = 113/2 and (3/2) y0 + 6 y1 = 3.")
    return


@app.cell(hide_code=True)
def _():
    _mix = stabkit.Workload.from_classes([(9, 1), (1, 2)])
    _fano = stabkit.fano_factor(_mix)
    answer(rf"""
    $g_0 = \frac{{10 + 2}}{{2}} = 6$ and $g_1 = \frac32$; $N_0 = \frac{{10^2 + 2^2 + 3^2}}{{2}} =
    \frac{{113}}{{2}}$ and $N_1 = \frac{{2 \cdot 3}}{{2}} = 3$. The equations are
    $12 y_0 + 3 y_1 = \frac{{113}}{{2}}$ and $\frac32 y_0 + 6 y_1 = 3$, so that
    $y_0 = \frac{{44}}{{9}}$ and $V = {number(_fano)}$. $\sqrt{{V / a^*}} \le \frac1{{10}}$ asks
    for $a^* \ge 100 V$, that is
    $B = G(1) a^* \ge \frac{{15}}{{2}} \cdot 100 V = {number(750 * _fano)}$ tokens.
    """)
    return


@app.cell(hide_code=True)
def _():
    mo.md(r"""
    **2.** The operator of the unstable server, prompts of 12 tokens, sees
    `running` swing with a period of ten steps; so does the operator of the stable one. Each buys a
    server of ten times the memory, $a^* = 50$ instead of 5. By which factor does the standard
    deviation of `running` grow if the mix is stable? And relative to its mean?
    """)
    return


@app.cell(hide_code=True)
def _(tries):
    answered(tries, 1, math.sqrt(10), "Variances are in proportion to a*.")
    return


@app.cell(hide_code=True)
def _():
    _stable, _unstable = (relative_swing(40, a) for a in (5, 50)), relative_swing(12, 50)
    _small, _large = _stable
    answer(rf"""
    All variances are in proportion to $a^*$: the deviation grows by $\sqrt{{10}} = 3.2$, the mean
    by 10, and the swing relative to the mean falls to a third. Simulated with prompts of 40 tokens:
    from {100 * _small:.1f} % to {100 * _large:.1f} %. With prompts of 12 the larger server still
    swings by {100 * _unstable:.0f} %: its cycle is the fluid's.
    """)
    return


@app.cell(hide_code=True)
def _():
    mo.md(r"""
    **3.** Half of the requests are $(600, 400)$, half are $(100, 100)$, and the memory has 100,000
    tokens. Which limit on running requests (`--max-num-seqs`) ends all evictions, whatever comes,
    and what does it cost?
    """)
    return


@app.cell(hide_code=True)
def _(tries):
    answered(tries, 2, 100, "How many tokens does the largest request ever hold?")
    return


@app.cell(hide_code=True)
def _():
    answer(r"""
    No request ever holds more than 1000 tokens, so 100 of them always fit. The mean memory-time is
    $\frac12 (600 \cdot 400 + 80\,200) + \frac12 (100 \cdot 100 + 5050) = 167\,625$ token-steps, so
    that $a^* = 0.597$ and $250\, a^* = 149$ requests would run at the steady state. With the limit
    100 run, and 100 tokens are written per step instead of 149: a third of the throughput. A
    watermark is cheaper, and does not exclude evictions.
    """)
    return


@app.cell(hide_code=True)
def _():
    mo.md(r"""
    **4.** Prompts are so long that $e^{-R (S + T)}$ is nothing. What is the Lundberg exponent then,
    and how much more watermark makes a small server's evictions a thousand times rarer?
    """)
    return


@app.cell(hide_code=True)
def _(tries):
    answered(tries, 3, math.log(1000), "Solve e to the power w over the mean output = 1000.")
    return


@app.cell(hide_code=True)
def _():
    answer(r"""
    $1 - 0 = R\,E\,T$: $R = 1 / \mu$ with the mean output $\mu$. $e^{-w / \mu} = \frac1{1000}$ for
    $w = \mu \ln 1000 = 6.9 \mu$: seven mean outputs. In general $R < 1 / \mu$, so that it takes a
    little more.
    """)
    return


@app.function
def test_solution_1():
    mix = stabkit.Workload.from_classes([(9, 1), (1, 2)], 150)
    # the mean over the circle of E|X|^2 / |E X|^2 - 1, from the two lives themselves
    z = np.exp(2j * np.pi * np.arange(64) / 64)
    lives = (10 + 0 * z, 2 + 3 * z)
    squared = sum(abs(x) ** 2 for x in lives) / 2
    fano = float(np.mean(squared / abs(sum(lives) / 2) ** 2)) - 1
    assert math.isclose(fano, 17 / 27)
    assert stabkit.fano_factor(mix) == Fraction(17, 27)
    # and whole requests, with a* = 20; slack adds a little
    run = stabkit.simulate_requests(mix, steps=3000, seed=5, table=False)
    net = (run.series.admitted - run.series.evicted)[100:]
    assert abs(float(np.var(net)) / 20 - fano) < 0.1


@app.function
def test_solution_2():
    assert stabkit.unit_circle_counts(sized(12, 5)).outside == 2
    assert stabkit.unit_circle_counts(sized(40, 5)).verdict == "stable"
    assert 2.4 < relative_swing(40, 5) / relative_swing(40, 50) < 4.2
    assert relative_swing(12, 50) > 3 * relative_swing(40, 50)


@app.function
def test_both_swing_with_the_period_of_their_slow_mode():
    for prompt in (17, 19):
        roots = np.roots([float(g) for g in stabkit.memory_kernel(sized(prompt, 2))])
        slow = roots[np.argmax(np.abs(roots))]
        period = 2 * math.pi / abs(np.angle(slow))
        assert (abs(slow) > 1) == (prompt == 17)
        assert abs(strongest_period(prompt) - period) < 0.5


@app.function
def test_solution_3():
    mix = stabkit.Workload.from_classes([(600, 400), (100, 100)], 100_000)
    held = Fraction(sum(600 + j for j in range(1, 401)) + sum(100 + j for j in range(1, 101)), 2)
    assert held == 167_625
    assert round(250 * mix.capacity / held) == 149
    capped = stabkit.simulate_requests(mix, steps=4000, max_num_seqs=100, every=None)
    assert capped.totals["evicted"] == 0
    free = stabkit.simulate_requests(mix, steps=4000, every=None)
    assert free.totals["evicted"] > 0
    assert capped.totals["completed_tokens"] < free.totals["completed_tokens"]
    assert stabkit.finite_server(mix, max_num_seqs=100).never_evicts
    assert not stabkit.finite_server(mix, max_num_seqs=101).never_evicts


@app.function
def test_solution_4():
    mix = stabkit.Workload.from_classes([(1000, n) for n in range(1, 40)], 20_000)
    exponent = float(stabkit.finite_server(mix).lundberg_exponent.low)
    assert math.isclose(20 * exponent, 1, rel_tol=1e-9)  # the mean output is 20
    # its equation, for prompts that are not that long
    mix = long_outputs(5000)
    exponent = float(stabkit.finite_server(mix).lundberg_exponent.low)
    mean = sum(math.exp(-exponent * (40 + n % 7 + n)) for n in range(1, 41)) / 40
    assert math.isclose(1 - mean, exponent * 20.5)
    assert exponent < 1 / 20.5


@app.function
def test_a_watermark_makes_evictions_rare():
    evicted = [
        stabkit.simulate_requests(
            long_outputs(5000), steps=2000, seed=2, every=None, table=False, watermark_tokens=w
        ).totals["evicted"]
        for w in (0, 40, 80)
    ]
    assert evicted[0] > 2 * evicted[1] > 0
    assert evicted[1] > 2 * evicted[2]


@app.function
def test_the_formula_beside_the_simulation():
    for server, run in evictions():
        for formula, seen in (
            (server.evict_probability, run.evict_probability),
            (server.evicted_per_step, run.evicted_per_step),
        ):
            assert 0.85 * seen.low < formula < 1.15 * seen.high


if __name__ == "__main__":
    app.run()
