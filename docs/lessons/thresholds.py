"""Lesson 5: coprime is not enough. Thresholds, charts and the variance law."""

import marimo

__generated_with = "0.25.2"
app = marimo.App(width="medium", app_title="5 Thresholds")

with app.setup:
    import math
    from fractions import Fraction

    import marimo as mo
    from flint import fmpz_poly
    from stabkit_lessons import lesson
    from stabkit_lessons.display import answer, picture

    import stabkit
    from stabkit.publish.chart_figure import chart_figure
    from stabkit.publish.locus_figure import locus_figure


@app.cell(hide_code=True)
def _():
    mo.md(lesson("thresholds").header)
    return


@app.cell(hide_code=True)
def _():
    mo.md(r"""
    ## A broken promise

    Lesson 4 ends with a clean rule: with very long prompts, a mix is stable if and only if its
    decode lengths are coprime. How long is very long? Take 3 and 5 steps, coprime, and turn up the
    common prompt length $s$.
    """)
    return


@app.cell(hide_code=True)
def _():
    inputs = mo.ui.slider(0, 30, value=5, show_value=True, label="prompt length s, in tokens")
    inputs
    return (inputs,)


@app.cell(hide_code=True)
def _(inputs):
    _mix = stabkit.Workload.from_classes([(inputs.value, 3), (inputs.value, 5)])
    _counts = stabkit.unit_circle_counts(_mix)
    mo.md(f"""
    With s = {inputs.value} the mix is **{_counts.verdict}**: {_counts.inside} of its modes decay,
    {_counts.outside} grow. This is proved ({_counts.method}), not sampled.
    """)
    return


@app.cell(hide_code=True)
def _():
    _threshold = threshold_of((3, 5))
    mo.md(rf"""
    The verdict changes once, at the **threshold**

    $$s^* = {_threshold:.7f}.$$

    It is found by the D-partition (R8): for a common input the generating function is
    $G = s A + C$, so that a root lies on the circle, at $z = e^{{i\theta}}$, exactly when
    $s = -C(z)/A(z)$ is a real number. There are at most $L - 1$ such values. Between two of them
    the number of unstable modes cannot change, so that one count in each interval settles the whole
    line.
    """)
    return


@app.cell(hide_code=True)
def _():
    picture(
        locus_figure(
            stabkit.root_locus(stabkit.Workload.from_classes([(5, 3), (5, 5)]), along="s")
        ),
        "Root locus of decode lengths 3 and 5: as the prompt length grows, one pair of roots "
        "enters the unit circle.",
        34,
    )
    return


@app.cell(hide_code=True)
def _():
    mo.md(r"""
    ## A map of pairs

    The **stability chart** below is for the lengths 2 and 3. The share $p$ of the shorter ones is
    on one axis, the prompt length $s$ on the other; numbers count unstable modes, and the shaded
    region is stable. Here the border can be found by hand (exercise 1).
    """)
    return


@app.cell(hide_code=True)
def _():
    picture(
        chart_figure(stabkit.stability_chart((2, 3))),
        "Stability chart of decode lengths 2 and 3 in the plane of share and prompt length: the "
        "stable region widens with longer prompts.",
        34,
    )
    return


@app.cell(hide_code=True)
def _():
    _rows = "\n".join(
        f"| {a}, {b} | {threshold_of((a, b)):,.2f} |"
        for a, b in ((2, 3), (2, 5), (3, 5), (4, 7), (7, 10), (49, 50), (99, 100))
    )
    mo.md(rf"""
    ## Nearly in step

    | decode lengths | threshold $s^*$ |
    |:--|--:|
    {_rows}

    The lengths 99 and 100 are as coprime as 2 and 3. But requests that were admitted together
    finish almost together, and it takes prompts of 200 000 tokens to blur that. What calms a server
    is not coprimality but **spread**.

    ## The variance law

    Let the decode length have the mean $\mu$ and the variance $\sigma^2$. For lengths close
    together

    $$s^* \approx \frac{{\mu^3}}{{2 \pi^2 \sigma^2}} + \frac{{\mu (\kappa_4 - 3)}}{{6}} -
    \frac12 - \frac53 \sigma \kappa_3,$$

    with skewness $\kappa_3$ and excess kurtosis $\kappa_4$. The first term is the law to remember.
    It is an asymptotic statement, no bound: proved for $T = n + X$ with a fixed law of $X$ and
    $n \to \infty$ (the record `variance-law`).
    """)
    return


@app.cell(hide_code=True)
def _():
    base = mo.ui.slider(5, 100, value=50, show_value=True, label="n, for the lengths n and n + 1")
    base
    return (base,)


@app.cell(hide_code=True)
def _(base):
    _found = stabkit.threshold(
        stabkit.Workload.from_classes([(0, base.value), (0, base.value + 1)])
    )
    mo.md(f"""
    | | tokens |
    |:--|--:|
    | exact threshold | {float(_found.threshold):.3f} |
    | first term of the law | {_found.law.estimate:.3f} |
    | all four terms | {_found.law.expansion:.3f} |
    """)
    return


@app.cell(hide_code=True)
def _():
    mo.md(r"""
    ## What is proved beyond the threshold, and what is not

    Beyond $s^*$ a coprime mix is stable. R7 gives a bound $s^\circ \ge s^*$ that needs no root at
    all. Below $s^*$, no stable $s$ has ever been found, in some hundred thousand mixes; nobody has
    a proof, so that is a **conjecture**. And the number of unstable modes itself may rise with $s$
    before it falls.
    """)
    return


@app.function
def threshold_of(lengths: tuple[int, ...], weights: tuple[int, ...] | None = None) -> float:
    """Return the threshold of these decode lengths, in tokens."""
    shares = weights or (1,) * len(lengths)
    classes = [(0, n, w) for n, w in zip(lengths, shares, strict=True)]
    return float(stabkit.threshold(stabkit.Workload.from_classes(classes)).threshold)


@app.function
def outside(lengths: tuple[int, ...], inputs: Fraction | int) -> int:
    """Return the number of unstable modes by another engine: FLINT's roots of F."""
    kernel = [
        sum((inputs + m + 1 for n in lengths if m < n), Fraction(0)) for m in range(max(lengths))
    ]
    polynomial = fmpz_poly([int(c * Fraction(inputs).denominator) for c in kernel[::-1]])
    return sum(n for root, n in polynomial.complex_roots() if abs(complex(root)) > 1)


@app.cell(hide_code=True)
def _():
    mo.md(r"""
    ## Exercises

    **1.** For lengths 2 and 3 with share $p$ of the shorter,
    $G(z) = (s+1) + (s+2) z + (1-p)(s+3) z^2$. Find all stable $(s, p)$. (A quadratic
    $a + bz + cz^2$ with $a > 0$ has no zero in $|z| \le 1$ if and only if $|c| < a$ and
    $|b| < a + c$.)
    """)
    return


@app.cell(hide_code=True)
def _():
    _rows = ", ".join(f"$s = {s}$: {stable_shares(s)} of 19" for s in (0, 1, 2, 10))
    answer(rf"""
    $(1-p)(s+3) < s+1$ gives $p > \frac{{2}}{{s+3}}$, and $s + 2 < s + 1 + (1-p)(s+3)$ gives
    $p < \frac{{s+2}}{{s+3}}$. At $s = 0$ the interval is empty; at $p = \frac12$ the border is
    $s = 1$ exactly. Of the shares 1/20, ..., 19/20, stabkit finds stable: {_rows}.
    """)
    return


@app.cell(hide_code=True)
def _():
    mo.md(r"""
    **2.** Estimate the threshold of the lengths 149 and 150 with equal shares by the first term of
    the law, then by all four. How far off are you?
    """)
    return


@app.cell(hide_code=True)
def _():
    _found = stabkit.threshold(stabkit.Workload.from_classes([(0, 149), (0, 150)]))
    answer(rf"""
    $\mu = 149.5$ and $\sigma^2 = \frac14$ give {_found.law.estimate:.0f}. With $\kappa_4 = -2$ and
    $\kappa_3 = 0$ the next terms are $-\frac56 \mu - \frac12$: {_found.law.expansion:.1f}. Exact:
    {float(_found.threshold):.1f}.
    """)
    return


@app.cell(hide_code=True)
def _():
    mo.md(r"""
    **3.** Lengths 100 and 103 are coprime, and further apart than 100 and 101. The law predicts a
    ninth of the threshold. What is it really, and why?
    """)
    return


@app.cell(hide_code=True)
def _():
    _near, _far = threshold_of((100, 101)), threshold_of((100, 103))
    _law = stabkit.threshold(stabkit.Workload.from_classes([(0, 100), (0, 103)])).law.estimate
    answer(rf"""
    The law says {_law:.0f}, the threshold is {_far:.0f}, next to {_near:.0f} for 100 and 101. The
    difference of 3 is a rhythm of its own: near the angle $2\pi/3$ both classes have almost one
    phase. The law needs lengths whose differences are coprime.
    """)
    return


@app.cell(hide_code=True)
def _():
    mo.md(r"""
    **4.** You may add a third class of 60 steps to 99 and 100, one request in ten. What does it do
    to the threshold?
    """)
    return


@app.cell(hide_code=True)
def _():
    _mix = stabkit.Workload.from_classes([(0, 60, 2), (0, 99, 9), (0, 100, 9)])
    _law = stabkit.threshold(_mix).law.estimate
    answer(rf"""
    It falls from {threshold_of((99, 100)):.0f} to {threshold_of((60, 99, 100), (2, 9, 9)):.0f}
    tokens. That is a great deal, and yet far above the {_law:.0f} that the law says for this
    variance: three lengths are no smooth hump. Such *lattice-like* mixes can lie far above the law,
    so that it is the exact threshold that counts.
    """)
    return


@app.function
def stable_shares(inputs: int) -> int:
    """Return how many of the shares 1/20, ..., 19/20 make lengths 2 and 3 stable."""
    return sum(
        stabkit.unit_circle_counts(
            stabkit.Workload.from_classes([(inputs, 2, share), (inputs, 3, 20 - share)])
        ).verdict
        == "stable"
        for share in range(1, 20)
    )


@app.function
def test_the_threshold_of_three_and_five():
    assert f"{threshold_of((3, 5)):.7f}" == "9.8229483"  # known from another implementation
    assert [outside((3, 5), s) for s in (5, 9, 10, 30)] == [2, 2, 0, 0]


@app.function
def test_solution_1():
    for s in (0, 1, 2, 10):
        by_hand = sum(
            Fraction(2, s + 3) < Fraction(k, 20) < Fraction(s + 2, s + 3) for k in range(1, 20)
        )
        assert stable_shares(s) == by_hand


@app.function
def test_solution_2():
    found = stabkit.threshold(stabkit.Workload.from_classes([(0, 149), (0, 150)]))
    assert math.isclose(found.law.estimate, 149.5**3 / (2 * math.pi**2 / 4), rel_tol=1e-12)
    assert math.isclose(
        found.law.expansion, found.law.estimate - 5 * 149.5 / 6 - 0.5, rel_tol=1e-12
    )
    assert abs(found.law.expansion - float(found.threshold)) < 0.1


@app.function
def test_solution_3():
    ratio = threshold_of((100, 103)) / threshold_of((100, 101))
    assert 0.9 < ratio < 1.1
    at = round(threshold_of((100, 103)))
    assert [outside((100, 103), at - 500) > 0, outside((100, 103), at + 500)] == [True, 0]


@app.function
def test_solution_4():
    border = threshold_of((60, 99, 100), (2, 9, 9))
    assert border < threshold_of((99, 100)) / 20
    lengths = (60, 60, *(99,) * 9, *(100,) * 9)
    assert [outside(lengths, round(border) - 50) > 0, outside(lengths, round(border) + 50)] == [
        True,
        0,
    ]


if __name__ == "__main__":
    app.run()
