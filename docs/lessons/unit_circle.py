# /// script
# [tool.marimo.display]
# theme = "system"
# ///
"""Lesson 3: two kinds of requests and the unit circle."""

import marimo

__generated_with = "0.25.2"
app = marimo.App(width="medium", app_title="3 The unit circle")

with app.setup:
    import cmath
    from fractions import Fraction

    import marimo as mo
    import sympy
    from flint import fmpz_poly
    from stabkit_lessons import drawing, lesson
    from stabkit_lessons.answers import answered, asked
    from stabkit_lessons.display import answer, verdict

    import stabkit


@app.cell(hide_code=True)
def _():
    mo.md(lesson("unit_circle").header)
    return


@app.cell(hide_code=True)
def _():
    mo.md(r"""
    ## One polynomial decides

    Two kinds of requests share the memory: $(s, l_1)$ with the share $p$ and $(s, l_2)$ with the
    rest. An admission of $m$ steps ago is expected to hold $g_m$ tokens now, and while nothing is
    evicted a full memory says $\sum_m g_m a_{n-m} = B$. A deviation from the equilibrium obeys the
    same equation with 0 on the right. Try $\lambda^n$: it is a solution if

    $$F(\lambda) = g_0 \lambda^{L-1} + g_1 \lambda^{L-2} + \dots + g_{L-1} = 0.$$

    Roots **inside** the unit circle are swings that die out, roots **outside** are swings that
    grow. One outside is enough. Move the sliders, with the mouse or with the arrow keys. Below the
    roots, a server starts beside its equilibrium, with 2 % fewer requests in stage 1: watch its
    memory for 120 steps.
    """)
    return


@app.cell(hide_code=True)
def _():
    inputs = mo.ui.slider(0, 30, value=5, show_value=True, label="prompt length s")
    share = mo.ui.slider(5, 95, step=5, value=50, show_value=True, label="share of the first, %")
    first = mo.ui.slider(1, 12, value=3, show_value=True, label="first decode length")
    second = mo.ui.slider(1, 12, value=5, show_value=True, label="second decode length")
    mo.vstack([inputs, share, first, second])
    return first, inputs, second, share


@app.cell
def _(first, inputs, second, share):
    mix = two_classes(inputs.value, first.value, second.value, share.value)
    counts = stabkit.unit_circle_counts(mix)
    return counts, mix


@app.cell(hide_code=True)
def _(counts, mix):
    verdict(verdict_sentence(counts, mix))
    return


@app.cell(hide_code=True)
def _(counts, mix):
    drawing.plane(
        stabkit.roots(mix, 20),
        counts,
        f"Roots and the unit circle: {counts.inside} inside, {counts.on_circle} on it, "
        f"{counts.outside} outside.",
        [cmath.exp(2j * cmath.pi * k / mix.gcd) for k in range(1, mix.gcd)],
    )
    return


@app.cell(hide_code=True)
def _(mix):
    _run = stabkit.simulate(mix, 120, state=nearly(mix))
    drawing.demand(
        stabkit.run_picture(mix, _run),
        "Memory demand of 120 steps that begin beside the equilibrium; evictions are marked.",
    )
    return


@app.cell(hide_code=True)
def _(mix):
    _polynomial = sympy.latex(stabkit.characteristic_polynomial(mix).as_expr())
    mo.md(rf"""
    Its characteristic polynomial:

    $$F(\lambda) = {_polynomial}$$
    """)
    return


@app.cell(hide_code=True)
def _(mix):
    mo.md(synchrony_text(mix, stabkit.synchrony(mix)))
    return


@app.cell(hide_code=True)
def _(mix):
    mo.md(threshold_text(mix))
    return


@app.cell(hide_code=True)
def _():
    mo.md(r"""
    ## What to look for

    * Set 3 and 5 steps, equal shares, and turn up $s$ slowly. A pair of roots creeps inwards and
      passes the circle between 9 and 10. The picture changes a little, the verdict completely.
    * Set 3 and 6, equal shares. However long the prompts, two roots stay outside, near the third
      roots of unity that are marked on the circle. They are the **synchronised modes**: the stages
      mod 3 are three cohorts, which never meet and swing against each other.
    * Make both lengths equal, 2 or more. Every root is outside: that is lesson 2.

    The verdict is not read off the picture. It is counted exactly, in whole numbers, by the
    recursion of Schur and Cohn, so that a root at distance $10^{-9}$ from the circle is no problem.
    """)
    return


@app.function
def two_classes(inputs: int, first: int, second: int, percent: int) -> stabkit.Workload:
    """Return the mix of the sliders."""
    return stabkit.Workload.from_classes(
        [(inputs, first, percent), (inputs, second, 100 - percent)]
    )


@app.function
def nearly(mix: stabkit.Workload) -> list[list[float]]:
    """Return the equilibrium, one admission per step, with 2 % fewer requests in stage 1."""
    return [
        [float(one.share) * (0.98 if stage == 1 else 1) for stage in range(one.decode_length)]
        for one in mix.classes
    ]


@app.function
def verdict_sentence(counts: stabkit.Counts, mix: stabkit.Workload) -> str:
    """Return the verdict in words."""
    served = " and ".join(
        f"{100 * float(one.share):.0f}\N{NO-BREAK SPACE}% of {one.decode_length} steps"
        for one in mix.classes
    )
    who = f"{served}, with prompts of {mix.classes[0].input_length} tokens"
    if counts.verdict == "stable":
        return f"<strong>Stable.</strong> {who}: all {counts.inside} modes decay."
    if counts.verdict == "marginal":
        return f"<strong>Marginal.</strong> {who}: {counts.on_circle} on the circle, none outside."
    if counts.verdict == "unstable":
        grow = "1 mode grows" if counts.outside == 1 else f"{counts.outside} modes grow"
        return f"<strong>Unstable.</strong> {who}: {grow}."
    return f"<strong>Undecided.</strong> {who}."


@app.function
def synchrony_text(mix: stabkit.Workload, found: stabkit.Synchrony) -> str:
    """Return what the gcd predicts, beside the certified roots."""
    if mix.gcd == 1:
        return "The decode lengths are **coprime**: no synchronised mode is predicted."
    rows = "\n".join(
        f"| $e^{{2 \\pi i \\cdot {mode.index}/{mode.order}}}$ | {mode.predicted_growth:.4f} "
        f"| {'not told' if mode.root is None else f'{modulus(mode.root):.4f}'} |"
        for mode in found.modes
    )
    return f"""The gcd of the decode lengths is **{mix.gcd}**: {mix.gcd - 1} synchronised modes.

| near | predicted modulus | certified modulus |
|:--|--:|--:|
{rows}

The prediction is one Newton step from the root of unity; it is good where prompts are long."""


@app.function
def modulus(root: stabkit.Root) -> float:
    """Return the modulus of a certified root."""
    return float(abs(complex(root.value)))


@app.function
def threshold_text(mix: stabkit.Workload) -> str:
    """Return what is known along all prompt lengths."""
    found = stabkit.threshold(mix)
    if not found.complete:
        return "For which prompt lengths they are stable was not decided."
    if not found.stable_intervals:
        return "No prompt length makes these lengths and shares stable."
    if not found.crossings:
        return "These lengths and shares are stable for every prompt length."
    listed = " and for ".join(f"${line_of(part)}$" for part in found.stable_intervals)
    last = "" if found.threshold is None else "; the last crossing is the threshold $s^*$"
    return f"These lengths and shares are stable for {listed}{last}."


@app.function
def line_of(part: stabkit.CountInterval) -> str:
    """Return an interval of prompt lengths as an inequality."""
    low = "" if part.low is None else f"{float(part.low):.7f} < "
    high = "" if part.high is None else f" < {float(part.high):.7f}"
    return f"s > {float(part.low):.7f}" if low and not high else f"{low}s{high}"


@app.cell(hide_code=True)
def _():
    tries = mo.ui.array(
        [
            asked("The root at s = 3, p = 1/2"),
            asked("Percent, as the slider says"),
            asked("Steps until it has doubled"),
        ]
    )
    return (tries,)


@app.cell(hide_code=True)
def _():
    mo.md(r"""
    ## Exercises

    **1.** Decode lengths 1 and 2, share $p$ of the first, prompt $s$. Find the only root of $F$.
    When is it inside?
    """)
    return


@app.cell(hide_code=True)
def _(tries):
    answered(tries, 0, Fraction(-5, 8), "Both coefficients of F are values of the kernel.")
    return


@app.cell(hide_code=True)
def _():
    _root = stabkit.roots(stabkit.Workload.from_classes([(3, 1), (3, 2)]), 10)[0]
    answer(rf"""
    $F = (s + 1) \lambda + (1 - p)(s + 2)$, so $\lambda = -(1 - p) \frac{{s + 2}}{{s + 1}}$: inside
    for $p > \frac{{1}}{{s + 2}}$. At $s = 3$, $p = \frac12$ it is {complex(_root.value).real:.4f}.
    """)
    return


@app.cell(hide_code=True)
def _():
    mo.md(r"""
    **2.** Decode lengths 2 and 4: show that $F(-1) > 0$ for every $s$ and $p$, and conclude that
    the mix is always unstable. (Use $g_m = (s + m + 1) S_m$.)
    """)
    return


@app.cell(hide_code=True)
def _():
    _verdicts = {
        stabkit.unit_circle_counts(two_classes(s, 2, 4, p)).verdict
        for s in (0, 5, 50, 500)
        for p in (5, 50, 95)
    }
    answer(rf"""
    $F(-1) = -g_0 + g_1 - g_2 + g_3 = 1 + (1 - p) > 0$, while $F(\lambda) \to -\infty$ for $\lambda
    \to -\infty$, as the degree $L - 1 = 3$ is odd: there is a real root below $-1$. stabkit finds
    {" and ".join(sorted(_verdicts))} for all that were tried.
    """)
    return


@app.cell(hide_code=True)
def _():
    mo.md(r"""
    **3.** With sliders: which share of requests of 3 steps, beside 5, makes the threshold largest?
    """)
    return


@app.cell(hide_code=True)
def _(tries):
    answered(tries, 1, 5, "Try the ends of the slider.")
    return


@app.cell(hide_code=True)
def _():
    _best = max(range(5, 100, 5), key=lambda p: border(3, 5, p))
    _rows = "\n".join(f"    | {p} % | {border(3, 5, p):.2f} |" for p in (5, 25, 50, 75, 95))
    answer(rf"""
    | share | threshold |
    |--:|--:|
{_rows}

    Of the slider's values it is {_best} %: a lopsided mix is nearly a homogeneous one.
    """)
    return


@app.cell(hide_code=True)
def _():
    mo.md(r"""
    **4.** The mix (5, 3), (5, 5) has two modes outside, with modulus 1.0538. After how many steps
    has a swing doubled, and how many steps is one swing long?
    """)
    return


@app.cell(hide_code=True)
def _(tries):
    answered(tries, 2, dominant().doubling_steps, "Solve 1.0538 to the power n = 2 by logarithms.")
    return


@app.cell(hide_code=True)
def _():
    _mode = dominant()
    answer(rf"""
    $\ln 2 / \ln |\lambda| = {_mode.doubling_steps:.2f}$ steps;
    $2 \pi / \arg \lambda = {_mode.period_steps:.3f}$ steps.
    """)
    return


@app.function
def dominant():
    """Return the mode of (5, 3), (5, 5) that grows fastest."""
    return stabkit.analyze(two_classes(5, 3, 5, 50), crosscheck=False).dominant_modes[0]


@app.function
def border(first: int, second: int, percent: int) -> float:
    """Return the threshold of two lengths, 0 if they are stable throughout."""
    found = stabkit.threshold(two_classes(0, first, second, percent)).threshold
    return 0.0 if found is None else float(found)


@app.function
def counted(inputs: int, first: int, second: int, percent: int) -> tuple[int, int, int]:
    """Return the numbers of roots inside, on and outside by another engine: FLINT's isolation."""
    kernel = [
        (inputs + m + 1) * (percent * (m < first) + (100 - percent) * (m < second))
        for m in range(max(first, second))
    ]
    sides = [0, 0, 0]
    for root, times in fmpz_poly(kernel[::-1]).complex_roots():
        size = abs(complex(root))
        sides[1 if abs(size - 1) < 1e-12 else 0 if size < 1 else 2] += times
    return sides[0], sides[1], sides[2]


@app.function
def test_the_verdict_changes_at_the_right_place():
    sentences = [
        verdict_sentence(stabkit.unit_circle_counts(mix), mix)
        for mix in (two_classes(s, 3, 5, 50) for s in range(31))
    ]
    assert all("Unstable" in one for one in sentences[:10])
    assert all("Stable" in one for one in sentences[10:])  # s* = 9.8229483


@app.function
def test_counts_by_another_engine():
    for s in (0, 1, 5, 12):
        for first, second, percent in ((3, 5, 50), (3, 6, 30), (2, 3, 50), (7, 12, 65), (4, 4, 50)):
            found = stabkit.unit_circle_counts(two_classes(s, first, second, percent))
            expected = counted(s, first, second, percent)
            assert (found.inside, found.on_circle, found.outside) == expected


@app.function
def test_solution_1():
    root = complex(stabkit.roots(two_classes(3, 1, 2, 50), 10)[0].value)
    assert abs(root - (-0.5 * 5 / 4)) < 1e-12


@app.function
def test_solution_2():
    s, p, x = sympy.symbols("s p x")
    survivors = (1, 1, 1 - p, 1 - p)
    memory = sum((s + m + 1) * v * x ** (3 - m) for m, v in enumerate(survivors))
    assert sympy.expand(memory.subs(x, -1) - (2 - p)) == 0


@app.function
def test_solution_3():
    # bisect on exact counts
    for percent in (5, 25, 75, 95):
        low, high = Fraction(0), Fraction(200)
        while high - low > Fraction(1, 1000):
            middle = (low + high) / 2
            mix = stabkit.Workload.from_classes([(middle, 3, percent), (middle, 5, 100 - percent)])
            stable = stabkit.unit_circle_counts(mix, "schur-cohn").verdict == "stable"
            low, high = (low, middle) if stable else (middle, high)
        assert abs(border(3, 5, percent) - float(low)) < 2e-3
    assert max(range(5, 100, 5), key=lambda p: border(3, 5, p)) == 5


@app.function
def test_solution_4():
    # the growth of a run: a disturbance, step by step in exact arithmetic by hand
    kernel = [Fraction(6), Fraction(7), Fraction(8), Fraction(9, 2), Fraction(5)]
    deviations = [Fraction(1)]
    for _ in range(400):
        past = deviations[: -len(kernel) : -1]
        deviations.append(-sum(g * d for g, d in zip(kernel[1:], past, strict=False)) / kernel[0])
    late = [float(max(map(abs, deviations[n - 8 : n]))) for n in (200, 400)]
    assert abs((late[1] / late[0]) ** (1 / 200) - 1.0538) < 1e-3


@app.function
def test_every_corner_has_its_texts():
    for s in (0, 30):
        for first, second, percent in ((1, 1, 50), (1, 12, 5), (12, 12, 95), (6, 12, 50)):
            mix = two_classes(s, first, second, percent)
            assert verdict_sentence(stabkit.unit_circle_counts(mix), mix)
            assert synchrony_text(mix, stabkit.synchrony(mix))
            assert threshold_text(mix)
    assert "$s > 9.8229483$; the last" in threshold_text(two_classes(0, 3, 5, 50))
    assert "for every" in threshold_text(two_classes(0, 1, 2, 60))  # 1 - p < 1/2
    assert "No prompt" in threshold_text(two_classes(0, 2, 4, 50))


if __name__ == "__main__":
    app.run()
