# /// script
# [tool.marimo.display]
# theme = "system"
# ///
"""Lesson 4: the survival polynomial, the gcd and the cohorts."""

import marimo

__generated_with = "0.25.2"
app = marimo.App(width="medium", app_title="4 The survival polynomial")

with app.setup:
    from fractions import Fraction

    import marimo as mo
    import numpy as np
    import sympy
    from stabkit_lessons import drawing, lesson
    from stabkit_lessons.answers import answered, asked
    from stabkit_lessons.display import answer, number, picture, verdict

    import stabkit


@app.cell(hide_code=True)
def _():
    mo.md(lesson("survival").header)
    return


@app.cell(hide_code=True)
def _():
    mo.md(r"""
    ## Who is still alive?

    Of the requests that were admitted $m$ steps ago, the share $S_m = P(T > m)$ is still being
    served. $T$ is the decode length of a random admission. A long prompt weighs the same at every
    age, so that with very long prompts the memory sees *survival* and nothing else. That is why the
    polynomial of the $S_m$,

    $$A(\lambda) = \sum_{m=0}^{L-1} S_m \, \lambda^{L-1-m},$$

    tells what happens when prompts are long. Choose two decode lengths.
    """)
    return


@app.cell(hide_code=True)
def _():
    first = mo.ui.slider(1, 12, value=4, show_value=True, label="first decode length")
    second = mo.ui.slider(1, 12, value=6, show_value=True, label="second decode length")
    mo.hstack([first, second], wrap=True, justify="start", gap=2)
    return first, second


@app.cell
def _(first, second):
    lengths = sorted({first.value, second.value})
    mix = stabkit.Workload.from_classes([(100, length) for length in lengths])
    verdict(
        f"Lengths {' and '.join(map(str, lengths))}: gcd <strong>{mix.gcd}</strong>, so that "
        f"{mix.gcd - 1 or 'no'} synchronised {'mode is' if mix.gcd == 2 else 'modes are'} expected."
    )
    return lengths, mix


@app.cell(hide_code=True)
def _(lengths, mix):
    _survival = stabkit.survival_polynomial(mix).as_expr()
    _unity = [f"\\Phi_{{{d}}}" for d in stabkit.synchrony(mix).orders]
    _split = (
        f"{' and '.join(f'${u}$' for u in _unity)} divides $A$: "
        f"the roots of unity of order {' and '.join(map(str, stabkit.synchrony(mix).orders))} are "
        f"roots of $A$, **on** the circle."
        if mix.gcd > 1
        else "No root of $A$ lies on the circle, all are inside (R1)."
    )
    mo.md(rf"""
    For decode lengths {" and ".join(map(str, lengths))} with equal shares,

    $$A(\lambda) = {sympy.latex(_survival)}$$

    $$\phantom{{A(\lambda)}} = {sympy.latex(sympy.factor(_survival))}.$$

    {_split}
    """)
    return


@app.cell(hide_code=True)
def _(mix):
    drawing.ring(
        stabkit.graph_picture(mix),
        f"The renewal graph of the mix: {mix.longest_decode} stages in a ring, coloured and "
        f"numbered by cohort; it has the period {mix.gcd}.",
    )
    return


@app.cell(hide_code=True)
def _():
    mo.md(r"""
    ## The same thing as a graph

    Draw a node for every stage. A request moves from stage $j$ to stage $j + 1$; from its last
    stage it makes room for a new one in stage 0. Every way round this graph has one of the decode
    lengths as its length, hence the *period* of the graph is their gcd $g$. The stages mod $g$ are
    its cyclic classes: **cohorts** that never meet. With $g = 1$ everybody mixes with everybody.

    ## From $A$ to $F$

    With finite prompts the memory also feels that requests *grow*. For a common input length $s$
    the characteristic polynomial is, exactly and for any number of classes (R2),

    $$F(\lambda) = (s + L)\, A(\lambda) - \lambda A'(\lambda).$$

    Divide by $s + L$: $F$ is $A$ with a perturbation of size $\varepsilon = 1 / (s + L)$. A simple
    root $\alpha$ of $A$ moves to $\alpha (1 + \varepsilon) + O(\varepsilon^2)$, radially outwards
    (R3). The roots on the circle leave it, and with long prompts each becomes an unstable mode
    with an e-folding time of about $s + L$ steps.

    Another first-order prediction is one Newton step from the root of unity itself (R3b):
    $|\lambda| \approx 1 + \mu / \sum_k p_k l_k (s_k + l_k)$. It needs no common input, and it is
    not the same number; for long prompts both tend to $1 + 1/s$. Say which one you use.
    """)
    return


@app.function
def first_order(inputs: int) -> tuple[float, float, float]:
    """Return the modulus of the synchronised mode of (4, 6): by R3, by R3b, and certified."""
    workload = stabkit.Workload.from_classes([(inputs, 4), (inputs, 6)])
    mode = stabkit.synchrony(workload).modes[0]
    newton = 1 + 5 / (2 * (inputs + 4) + 3 * (inputs + 6))
    return 1 + 1 / (inputs + 6), newton, float(abs(complex(mode.root.value)))


@app.cell(hide_code=True)
def _():
    _rows = "\n".join(
        f"| {s} | {' | '.join(f'{modulus:.6f}' for modulus in first_order(s))} |"
        for s in (10, 100, 1000)
    )
    mo.md(rf"""
    For decode lengths 4 and 6, whose gcd is 2, the root $-1$ of $A$ moves:

    | $s$ | R3: $1 + \varepsilon$ | R3b | certified modulus |
    |--:|--:|--:|--:|
    {_rows}

    The longer the prompts, the slower the growth; but it never stops.
    """)
    return


@app.function
def nearly() -> list[list[float]]:
    """Return the equilibrium of (4, 6), one request per step, with 2 % fewer in stage 1."""
    return [[0.5, 0.49, *[0.5] * 2], [0.5, 0.49, *[0.5] * 4]]


@app.cell(hide_code=True)
def _():
    mo.md(r"""
    ## Cohorts in a run

    Below, every row is a stage and every column a step; dark means many requests. A server of
    decode lengths 4 and 6 starts next to its equilibrium: one cohort is 2 % too small. Watch the
    stages fall apart into odd and even ones.
    """)
    return


@app.cell(hide_code=True)
def _():
    picture(
        stabkit.figure(
            stabkit.space_time_picture(
                stabkit.Workload.from_classes([(20, 4), (20, 6)]), nearly(), 200
            )
        ),
        "Space-time diagram of 200 steps: the requests separate into two cohorts, one in the even "
        "and one in the odd stages.",
        34,
    )
    return


@app.function
def imbalance(steps: int) -> float:
    """Return how unequal the two cohorts of (4, 6) are after some steps: from 0 to 1."""
    workload = stabkit.Workload.from_classes([(20, 4), (20, 6)])
    run = stabkit.simulate(workload, steps, state=nearly(), record_states=True)
    even = sum(float(np.sum(stages[0::2])) for stages in run.states[-1])
    odd = sum(float(np.sum(stages[1::2])) for stages in run.states[-1])
    return abs(even - odd) / (even + odd)


@app.cell(hide_code=True)
def _():
    mo.md(f"""
    After 5 steps the larger cohort has {50 * (1 + imbalance(5)):.1f} % of all requests, after 50
    steps {50 * (1 + imbalance(50)):.1f} %, and after 400 steps {50 * (1 + imbalance(400)):.1f} %.
    """)
    return


@app.cell(hide_code=True)
def _():
    tries = mo.ui.array(
        [
            asked("Synchronised modes"),
            asked("The last coefficient of F"),
            asked("Unstable modes, at least"),
        ]
    )
    return (tries,)


@app.cell(hide_code=True)
def _():
    mo.md(r"""
    ## Exercises

    **1.** Decode lengths 2 and 4 with equal shares. Write down $S_0, \dots, S_3$ and $A$, and
    factor $A$ by hand.
    """)
    return


@app.cell(hide_code=True)
def _():
    _a = stabkit.survival_polynomial(stabkit.Workload.from_classes([(0, 2), (0, 4)]))
    answer(rf"""
    $S = (1, 1, \tfrac12, \tfrac12)$, and $A = {sympy.latex(_a.as_expr())} =
    {sympy.latex(sympy.factor(_a.as_expr()))}$. The factor $\lambda + 1 = \Phi_2$ is there because
    the gcd is 2; the other one has its roots at modulus $1/\sqrt2$.
    """)
    return


@app.cell(hide_code=True)
def _():
    mo.md(r"""
    **2.** How many synchronised modes has the mix of 6, 9 and 15, and what are their orders?
    """)
    return


@app.cell(hide_code=True)
def _(tries):
    answered(
        tries, 0, 2, "The roots of unity of an order that divides all three lengths, but 1 itself."
    )
    return


@app.cell(hide_code=True)
def _():
    _found = stabkit.synchrony(stabkit.Workload.from_classes([(50, 6), (50, 9), (50, 15)]))
    answer(rf"""
    The gcd is {_found.gcd}, so that there are $g - 1 = {len(_found.modes)}$ of them, the primitive
    third roots of unity: order {" and ".join(map(str, _found.orders))}, the roots of
    $\Phi_3 = \lambda^2 + \lambda + 1$.
    """)
    return


@app.cell(hide_code=True)
def _():
    mo.md(r"""
    **3.** Decode lengths 2 and 4, equal shares, $s = 3$. Build $F$ from $A$, and check the first
    two coefficients against the memory kernel $g_m = (s + m + 1) S_m$.
    """)
    return


@app.cell(hide_code=True)
def _(tries):
    answered(
        tries,
        1,
        Fraction(7, 2),
        "The last value of the kernel is (s + 4) times the share that is alive after three steps.",
    )
    return


@app.cell(hide_code=True)
def _():
    _mix = stabkit.Workload.from_classes([(3, 2), (3, 4)])
    _kernel = ", ".join(number(Fraction(str(x))) for x in stabkit.memory_kernel(_mix))
    answer(rf"""
    $(s + L) A = 7 (\lambda^3 + \lambda^2 + \tfrac12 \lambda + \tfrac12)$ and
    $\lambda A' = 3 \lambda^3 + 2 \lambda^2 + \tfrac12 \lambda$. The difference is
    $F = 4 \lambda^3 + 5 \lambda^2 + 3 \lambda + \tfrac72$, and the kernel is ${_kernel}$: the same
    numbers.
    """)
    return


@app.cell(hide_code=True)
def _():
    mo.md(r"""
    **4.** Somebody pads all outputs to multiples of 8 "to make batches regular". What happens to
    the server's stability when prompts are long?
    """)
    return


@app.cell(hide_code=True)
def _(tries):
    answered(tries, 2, 7, "One for every root of unity of order 8, but 1 itself.")
    return


@app.cell(hide_code=True)
def _():
    _found = stabkit.synchrony(stabkit.Workload.from_classes([(500, 16), (500, 24), (500, 40)]))
    answer(rf"""
    Then 8 divides the gcd, and by R3 there are at least {len(_found.modes)} unstable modes if
    prompts are long: the server falls into cohorts. Regular lengths are the problem, not the cure.
    """)
    return


@app.function
def test_r2_is_an_identity():
    # F from its definition, coefficient by coefficient, against (s + L) A - l A'
    x = sympy.Symbol("lambda")
    for decodes, s in (((4, 6), 100), ((2, 4), 3), ((3, 5, 7), 11)):
        length = max(decodes)
        survivors = [Fraction(sum(d > m for d in decodes), len(decodes)) for m in range(length)]
        survival = sum(
            sympy.Rational(str(v)) * x ** (length - 1 - m) for m, v in enumerate(survivors)
        )
        memory = sum(
            sympy.Rational(str((s + m + 1) * v)) * x ** (length - 1 - m)
            for m, v in enumerate(survivors)
        )
        assert sympy.expand((s + length) * survival - x * sympy.diff(survival, x) - memory) == 0
        workload = stabkit.Workload.from_classes([(s, d) for d in decodes])
        assert sympy.expand(stabkit.survival_polynomial(workload).as_expr() - survival) == 0


@app.function
def test_solution_1():
    x = sympy.Symbol("lambda")
    found = stabkit.survival_polynomial(stabkit.Workload.from_classes([(0, 2), (0, 4)])).as_expr()
    assert sympy.expand(found - (x + 1) * (x**2 + sympy.Rational(1, 2))) == 0


@app.function
def test_solutions_2_and_4():
    # A vanishes at a root of unity iff all l_k are multiples of its order
    for decodes, order in (((6, 9, 15), 3), ((16, 24, 40), 8)):
        w = np.exp(2j * np.pi / order)
        survivors = [sum(d > m for d in decodes) for m in range(max(decodes))]
        assert abs(sum(v * w**m for m, v in enumerate(survivors))) < 1e-9
        found = stabkit.synchrony(stabkit.Workload.from_classes([(50, d) for d in decodes]))
        assert len(found.modes) == order - 1


@app.function
def test_solution_3():
    kernel = stabkit.memory_kernel(stabkit.Workload.from_classes([(3, 2), (3, 4)]))
    assert [Fraction(str(v)) for v in kernel] == [4, 5, 3, Fraction(7, 2)]


@app.function
def test_the_prediction_is_first_order():
    for s in (10, 100, 1000):
        by_r3, by_r3b, certified = first_order(s)
        assert 0 < certified - by_r3 < 20 / (s + 6) ** 2
        assert 0 < certified - by_r3b < 20 / (s + 6) ** 2
        workload = stabkit.Workload.from_classes([(s, 4), (s, 6)])
        assert abs(stabkit.synchrony(workload).modes[0].predicted_growth - by_r3b) < 1e-12


@app.function
def test_the_cohorts_separate():
    assert imbalance(5) < 0.1
    assert imbalance(400) > 0.5


if __name__ == "__main__":
    app.run()
