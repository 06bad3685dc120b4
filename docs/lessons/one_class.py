# /// script
# [tool.marimo.display]
# theme = "system"
# ///
"""Lesson 2: one kind of request. Why the equilibrium never holds."""

import marimo

__generated_with = "0.25.2"
app = marimo.App(width="medium", app_title="2 One kind of request")

with app.setup:
    from fractions import Fraction

    import marimo as mo
    import numpy as np
    from stabkit_lessons import drawing, lesson
    from stabkit_lessons.answers import answered, asked
    from stabkit_lessons.display import answer, number, picture, verdict

    import stabkit
    from stabkit import style


@app.cell(hide_code=True)
def _():
    mo.md(lesson("one_class").header)
    return


@app.cell(hide_code=True)
def _():
    mo.md(r"""
    ## The equation of a full memory

    Every request has a prompt of $s$ tokens and an output of $l$. Admitted $m$ steps ago, it holds
    $s + m + 1$ tokens now. Let $a_n$ be the admissions in step $n$. As long as nothing is evicted,
    greedy admission keeps the memory exactly full:

    $$(s + 1)\, a_n + (s + 2)\, a_{n-1} + \dots + (s + l)\, a_{n-l+1} = B.$$

    The constant solution is the equilibrium, $a^* = B / (l s + \frac{l (l + 1)}{2})$. A deviation
    from it obeys the same equation with 0 on the right, and $\lambda^n$ is a solution if

    $$F(\lambda) = (s + 1) \lambda^{l-1} + (s + 2) \lambda^{l-2} + \dots + (s + l) = 0.$$

    There are $l - 1$ roots. If one of them has $|\lambda| > 1$, deviations grow.
    """)
    return


@app.cell(hide_code=True)
def _():
    inputs = mo.ui.slider(0, 50, value=5, show_value=True, label="prompt length s")
    decode = mo.ui.slider(2, 16, value=6, show_value=True, label="output length l")
    mo.hstack([inputs, decode], wrap=True, justify="start", gap=2)
    return decode, inputs


@app.cell
def _(decode, inputs):
    mix = stabkit.Workload.from_classes([(inputs.value, decode.value)])
    counts = stabkit.unit_circle_counts(mix)
    return counts, mix


@app.cell(hide_code=True)
def _(counts, decode, inputs):
    verdict(
        f"With prompts of {inputs.value} tokens <strong>{counts.outside} of {decode.value - 1} "
        "modes grow.</strong>"
    )
    return


@app.cell(hide_code=True)
def _(counts, mix):
    drawing.plane(
        stabkit.roots(mix, 20),
        counts,
        f"All {counts.outside} roots lie outside of the unit circle, in a narrow annulus.",
    )
    return


@app.cell(hide_code=True)
def _(decode, inputs):
    _low, _high = annulus(inputs.value, decode.value)
    mo.md(rf"""
    Move the sliders: it is always all of them.

    ## Why: the coefficients increase

    The coefficients of $F$ are $s + 1 < s + 2 < \dots < s + l$. The theorem of Eneström and Kakeya
    says that the roots of a polynomial with positive coefficients have moduli between the smallest
    and the largest quotient of neighbouring coefficients. Here the quotients are
    $\frac{{s + 2}}{{s + 1}} > \frac{{s + 3}}{{s + 2}} > \dots > \frac{{s + l}}{{s + l - 1}}$, so
    that (R5)

    $$\frac{{s + l}}{{s + l - 1}} = {number(_low)} \;\le\; |\lambda| \;\le\; {number(_high)} =
    \frac{{s + 2}}{{s + 1}}.$$

    Every root is outside, for every $s$ and every $l \ge 2$: **the equilibrium of one kind of
    request never holds**. Long prompts make the swings grow more slowly, and that is all.
    """)
    return


@app.cell(hide_code=True)
def _(mix):
    _worst = stabkit.necklace_cycle(mix, [mix.longest_decode])
    drawing.cohorts(
        stabkit.cycle_picture(mix, [list(_worst.states[0])], _worst.period, "the worst cycle"),
        "The worst cycle: one cohort fills the memory, and evicts as it grows.",
    )
    return


@app.cell(hide_code=True)
def _(decode, inputs):
    _loss = stabkit.worst_cycle_loss(inputs.value, decode.value)
    mo.md(rf"""
    ## Where it ends

    The swings grow until requests are evicted, and evictions cut off the smaller cohorts one after
    the other. In the end one cohort is left: $B / (s + l)$ requests, every $l$ steps, the **worst
    cycle** (R6). From almost every start the server gets there, exactly, in finitely many steps.

    Compare $\frac{{B}}{{l (s + l)}}$ per step with $a^*$: the worst cycle loses

    $$1 - \frac{{2 s + l + 1}}{{2 (s + l)}} = \frac{{l - 1}}{{2 (s + l)}} = {number(_loss)} \approx
    {100 * float(_loss):.1f}\,\%$$

    of the throughput. With long outputs that tends to **one half**.
    """)
    return


@app.cell(hide_code=True)
def _():
    picture(loss_figure(), "Loss of the worst cycle against the output length, for three prompts.")
    return


@app.function
def annulus(inputs: int, decode: int) -> tuple[Fraction, Fraction]:
    """Return R5's bounds of all moduli."""
    return Fraction(inputs + decode, inputs + decode - 1), Fraction(inputs + 2, inputs + 1)


@app.function
def loss_figure():
    """Return the loss of the worst cycle against the output length."""
    lengths = np.arange(2, 201)
    with style.house_style():
        figure = style.new_figure(6.5)
        axes = figure.add_subplot()
        for s, dashes, colour in (
            (0, "-", style.VERMILLION),
            (20, "--", style.BLUE),
            (100, ":", style.BLUE),
        ):
            losses = [float(stabkit.worst_cycle_loss(s, int(n))) for n in lengths]
            axes.plot(lengths, losses, dashes, color=colour, label=f"s = {s}")
        axes.set_xlabel("output length l (steps)")
        axes.set_ylabel("loss of throughput")
        axes.set_ylim(0, 0.55)
        axes.legend(frameon=False)
        return style.settled(figure)


@app.cell(hide_code=True)
def _():
    tries = mo.ui.array(
        [
            asked("The root"),
            asked("The loss"),
        ]
    )
    return (tries,)


@app.cell(hide_code=True)
def _():
    mo.md(r"""
    ## Exercises

    **1.** $s = 2$, $l = 2$, the server of lesson 1. What is the root of $F$, and after how many
    steps has an error of one request become one of ten?
    """)
    return


@app.cell(hide_code=True)
def _(tries):
    answered(tries, 0, Fraction(-4, 3), "F has two terms only.")
    return


@app.cell(hide_code=True)
def _():
    answer(r"""
    $3 \lambda + 4 = 0$, $\lambda = -\frac43$. $(4/3)^n > 10$ for
    $n > \ln 10 / \ln \frac43 = 8.004$: after 9 steps, with alternating sign.
    """)
    return


@app.cell(hide_code=True)
def _():
    mo.md(r"""
    **2.** A chat server: $s = 300$, $l = 200$. Bound the growth per step from both sides, and the
    time in which a swing doubles.
    """)
    return


@app.cell(hide_code=True)
def _():
    _low, _high = annulus(300, 200)
    answer(rf"""
    ${number(_low)} \le |\lambda| \le {number(_high)}$. A swing doubles within
    $\ln 2 / \ln |\lambda|$ steps: between {np.log(2) / np.log(float(_high)):.0f} and
    {np.log(2) / np.log(float(_low)):.0f} steps, seconds on a real machine.
    """)
    return


@app.cell(hide_code=True)
def _():
    mo.md(r"""
    **3.** What does its worst cycle lose? From which prompt length on is the loss at most 5 %?
    """)
    return


@app.cell(hide_code=True)
def _(tries):
    answered(
        tries,
        1,
        Fraction(199, 1000),
        "It is (l - 1) over twice the tokens of a request in its last step.",
    )
    return


@app.cell(hide_code=True)
def _():
    answer(rf"""
    $\frac{{199}}{{1000}}$. For $\frac{{199}}{{2 (s + 200)}} \le \frac1{{20}}$ one needs
    $s \ge 1790$: there it is ${number(stabkit.worst_cycle_loss(1790, 200))}$.
    """)
    return


@app.cell(hide_code=True)
def _():
    mo.md(r"""
    **4.** Prove Eneström and Kakeya's upper bound for increasing coefficients
    $c_0 < c_1 < \dots < c_n$ of $c_0 \lambda^n + \dots + c_n$ in a special case: if all
    $c_{k+1} \le q\, c_k$, no root has $|\lambda| > q$. (Multiply by $\lambda - q$.)
    """)
    return


@app.cell(hide_code=True)
def _():
    answer(r"""
    $(\lambda - q) F = c_0 \lambda^{n+1} - \sum_{k<n} (q c_k - c_{k+1}) \lambda^{n-k} - q c_n$, and
    all numbers in brackets are $\ge 0$. If $|\lambda| > q$ and $F(\lambda) = 0$, then $c_0
    |\lambda|^{n+1} \le \sum (q c_k - c_{k+1}) |\lambda|^{n-k} + q c_n$, which says $(|\lambda| - q)
    F(|\lambda|) \le 0$: a contradiction, for both factors are positive.
    """)
    return


@app.function
def test_all_roots_are_in_the_annulus():
    for s, length in ((0, 2), (5, 6), (50, 16), (2, 40), (300, 200)):
        low, high = annulus(s, length)
        moduli = np.abs(np.roots([s + m + 1 for m in range(length)]))
        assert float(low) - 1e-9 < moduli.min()
        assert moduli.max() < float(high) + 1e-9
        counts = stabkit.unit_circle_counts(stabkit.Workload.from_classes([(s, length)]))
        assert counts.outside == length - 1


@app.function
def test_the_loss_of_an_exact_run():
    for s, length in ((2, 2), (5, 6), (0, 9)):
        mix = stabkit.Workload.from_classes([(s, length)], 1000)
        state = [[0] * (length - 1) + [Fraction(1000, s + length)]]
        run = stabkit.simulate(mix, 4 * length, arithmetic="exact", state=state)
        best = Fraction(1000) / (length * s + Fraction(length * (length + 1), 2))
        done = sum(run.completed[1:], Fraction(0)) / (4 * length)
        assert 1 - done / best == stabkit.worst_cycle_loss(s, length)


@app.function
def test_solution_1():
    assert (4 / 3) ** 8 < 10 < (4 / 3) ** 9


@app.function
def test_solution_3():
    assert stabkit.worst_cycle_loss(300, 200) == Fraction(199, 1000)
    assert stabkit.worst_cycle_loss(1790, 200) <= Fraction(1, 20)
    assert stabkit.worst_cycle_loss(1789, 200) > Fraction(1, 20)


@app.function
def test_solution_4():
    # the identity, coefficient by coefficient, for an example
    c, q = [3, 5, 6, 7], 2
    product = np.polymul([1, -q], c)
    assert product.tolist() == [
        c[0], *[-(q * c[k] - c[k + 1]) for k in range(3)], -q * c[3],
    ]  # fmt: skip


if __name__ == "__main__":
    app.run()
