# /// script
# [tool.marimo.display]
# theme = "system"
# ///
"""Lesson 6: when it breaks. Limit cycles, necklaces, renormalisation and bistability."""

import marimo

__generated_with = "0.25.2"
app = marimo.App(width="medium", app_title="6 Limit cycles")

with app.setup:
    from fractions import Fraction

    import marimo as mo
    from stabkit_lessons import drawing, lesson
    from stabkit_lessons.answers import answered, asked
    from stabkit_lessons.display import answer, number, picture, verdict

    import stabkit


@app.cell(hide_code=True)
def _():
    mo.md(lesson("limit_cycles").header)
    return


@app.cell(hide_code=True)
def _():
    mo.md(r"""
    ## Beads on a ring

    An unstable server does not explode: memory is finite, and evictions cut every swing. What is
    left in the long run is often a **limit cycle** (and sometimes a motion that never repeats). For
    one class of requests all of them are known.

    String $l$ beads on a ring, one per stage: black if the stage holds requests, white if it is
    empty, at a moment when the oldest cohort is about to complete. Every ring with a black bead is
    a limit cycle, and there are no others (R6′). The gaps between black beads are a *composition*
    of $l$, such as $2 + 1 + 1$; turning the ring changes nothing, so that it is a *necklace*.
    """)
    return


@app.cell(hide_code=True)
def _():
    inputs = mo.ui.slider(0, 20, value=2, show_value=True, label="prompt length s")
    decode = mo.ui.slider(2, 7, value=4, show_value=True, label="decode length l")
    mo.hstack([inputs, decode], wrap=True, justify="start", gap=2)
    return decode, inputs


@app.cell
def _(decode, inputs):
    one = stabkit.Workload.from_classes([(inputs.value, decode.value)])
    found = stabkit.necklace_cycles(one)
    return found, one


@app.cell(hide_code=True)
def _(decode, found, inputs):
    _loss = stabkit.worst_cycle_loss(inputs.value, decode.value)
    verdict(
        f"There are <strong>{len(found)}</strong> necklaces, and the worst of them loses "
        f"{100 * float(_loss):.1f}\N{NO-BREAK SPACE}% of the throughput."
    )
    return


@app.cell(hide_code=True)
def _(found):
    _rows = "\n".join(
        f"| {' + '.join(map(str, cycle.composition))} | {beads(cycle)} | {cycle.period} "
        f"| ${number(cycle.throughput_ratio)}$ | {100 * float(cycle.throughput_ratio):.1f} % |"
        for cycle in found
    )
    mo.md(f"""
    | composition | beads | period | throughput | |
    |:--|:--|--:|--:|--:|
    {_rows}

    The first is the equilibrium: all beads black, nothing is evicted. The last is the worst cycle:
    one cohort, alone. From almost every start the server ends there, after finitely many steps
    (R6b).
    """)
    return


@app.cell(hide_code=True)
def _(found):
    which = mo.ui.dropdown(
        {" + ".join(map(str, cycle.composition)): k for k, cycle in enumerate(found)},
        value=" + ".join(map(str, found[-1].composition)),
        label="show the cycle",
    )
    which
    return (which,)


@app.cell(hide_code=True)
def _(found, one, which):
    _cycle = found[which.value]
    drawing.cohorts(
        stabkit.cycle_picture(
            one, [list(_cycle.states[0])], _cycle.period, f"cycle {which.selected_key}"
        ),
        f"The limit cycle {which.selected_key}: memory of every cohort and what is evicted, over "
        "two periods.",
    )
    return


@app.cell(hide_code=True)
def _():
    _mix = stabkit.Workload.from_classes([(5, 3), (5, 6)])
    _small = stabkit.renormalized(_mix)
    _classes = " and ".join(
        f"$({number(c.input_length)}, {c.decode_length})$" for c in _small.classes
    )
    mo.md(rf"""
    ## Look every third step

    Now two classes, $(5, 3)$ and $(5, 6)$, whose decode lengths have the gcd 3. Suppose that all
    requests are in stages of one residue class mod 3. Then only every third step completes and
    admits anything. Look at the server only then: a request has gained three tokens, and everything
    is as in a server with inputs, decode lengths and capacity divided by 3, {_classes} (R10,
    *renormalisation*). What is an equilibrium there is a cycle of period 3 here. It loses
    ${number(stabkit.synchronized_loss(_mix))}$ of the throughput; a ninth of the machine is gone
    for no other reason than that the lengths share a factor.
    """)
    return


@app.cell(hide_code=True)
def _():
    _observed = observed_on_bistable()
    mo.md(rf"""
    ## Stable, and yet

    Classes $(0, 6)$ and $(5, 1)$, shares $\frac25$ and $\frac35$. All roots are inside the circle:
    a small disturbance dies out. But a server starts from *empty*, and that is no small
    disturbance.

    stabkit runs it: from empty, it ends on a cycle of period **{_observed.period}** that completes
    {100 * float(_observed.throughput_ratio):.2f} % of the equilibrium's tokens. The cycle is exact
    (its states are fractions), and attracting: a disturbance shrinks by a factor of
    {largest_multiplier():.3f} over a period. So both the equilibrium and the cycle attract, each in
    its own neighbourhood. *Stable is a local word* (R12).
    """)
    return


@app.cell(hide_code=True)
def _():
    _mix = stabkit.Workload.from_classes([(0, 6, 2), (5, 1, 3)])
    _cycle = observed_on_bistable()
    picture(
        stabkit.figure(
            stabkit.cycle_picture(
                _mix,
                [[c.share * y for y in _cycle.cohorts[0][: c.decode_length]] for c in _mix.classes],
                _cycle.period,
                "from empty",
            )
        ),
        "The cycle of period 29 beside a stable equilibrium: memory by cohort, admissions, and "
        "four evictions per period.",
        34,
    )
    return


@app.function
def beads(cycle: stabkit.NecklaceCycle) -> str:
    """Return the ring as beads, oldest stage last: black where requests are."""
    ends = {0}
    total = 0
    for part in cycle.composition[:-1]:
        total += part
        ends.add(total)
    size = sum(cycle.composition)
    return "".join("●" if (stage + 1) % size in ends else "○" for stage in range(size))


@app.function
def observed_on_bistable() -> stabkit.LimitCycle:
    """Return the cycle on which the run from empty of R12's mix ends."""
    found = stabkit.cycles(stabkit.Workload.from_classes([(0, 6, 2), (5, 1, 3)]))
    return next(seen.cycle for seen in found.observations if seen.start == "empty")


@app.function
def largest_multiplier() -> float:
    """Return the largest Floquet multiplier of that cycle, in modulus."""
    return max(abs(complex(root.value)) for root in observed_on_bistable().multipliers.multipliers)


@app.function
def loss(composition: tuple[int, ...], inputs: int) -> Fraction:
    """Return 1 - throughput ratio of the cycle of a composition, by its formula (R6′)."""
    length, square = sum(composition), sum(part * part for part in composition)
    best = inputs * length + Fraction(length**2 + length, 2)
    return 1 - best / (inputs * length + Fraction(length**2 + square, 2))


@app.cell(hide_code=True)
def _():
    tries = mo.ui.array(
        [
            asked("Limit cycles"),
            asked("The loss"),
            asked("The least output length"),
            asked("Modulus of the small mix's mode"),
        ]
    )
    return (tries,)


@app.cell(hide_code=True)
def _():
    mo.md(r"""
    ## Exercises

    **1.** How many limit cycles has a server of one class with $l = 6$? Count necklaces.
    """)
    return


@app.cell(hide_code=True)
def _(tries):
    answered(
        tries,
        0,
        13,
        "Count binary necklaces of six beads by Burnside, without the one that is all white.",
    )
    return


@app.cell(hide_code=True)
def _():
    _count = len(stabkit.necklace_cycles(stabkit.Workload.from_classes([(1, 6)])))
    answer(rf"""
    $\frac16 \sum_{{d | 6}} \varphi(d)\, 2^{{6/d}} = \frac16 (64 + 8 + 2 \cdot 4 + 2 \cdot 2) = 14$
    binary necklaces, one of them without a black bead: **{_count}** cycles.
    """)
    return


@app.cell(hide_code=True)
def _():
    mo.md(r"""
    **2.** $s = 3$, $l = 4$. What does the cycle $2 + 2$ lose? Use
    $c = B / (s l + (l^2 + \sum d_i^2)/2)$.
    """)
    return


@app.cell(hide_code=True)
def _(tries):
    answered(
        tries,
        1,
        Fraction(1, 12),
        "The sum of the squares is 4 at the equilibrium and 8 on the cycle.",
    )
    return


@app.cell(hide_code=True)
def _():
    answer(rf"""
    The equilibrium has $\sum d_i^2 = 4$ and the denominator $12 + 10 = 22$; the cycle has 8 and
    $12 + 12 = 24$. So it completes $22/24$ of it and loses ${number(loss((2, 2), 3))}$.
    """)
    return


@app.cell(hide_code=True)
def _():
    mo.md(r"""
    **3.** Show that with one class and a fixed prompt the worst cycle's loss tends to one half as
    outputs get longer. How long must they be, at $s = 10$, for a loss above 40 %?
    """)
    return


@app.cell(hide_code=True)
def _(tries):
    answered(tries, 2, 46, "Solve (l - 1) / (2 (10 + l)) = 2/5.")
    return


@app.cell(hide_code=True)
def _():
    answer(rf"""
    The loss is $\frac{{l - 1}}{{2 (s + l)}} \to \frac12$. Above $\frac25$:
    $5 (l - 1) > 4 (10 + l)$, so $l > 45$; at $l = 46$ it is
    ${number(stabkit.worst_cycle_loss(10, 46))}$.
    """)
    return


@app.cell(hide_code=True)
def _():
    mo.md(r"""
    **4.** Decode lengths 4 and 8 with prompts of 6 tokens, equal shares: renormalise by 4. Is the
    small mix stable, and does the synchronised cycle attract?
    """)
    return


@app.cell(hide_code=True)
def _(tries):
    answered(
        tries,
        3,
        Fraction(7, 10),
        "With decode lengths 1 and 2 its characteristic polynomial is linear.",
    )
    return


@app.cell(hide_code=True)
def _():
    _small = stabkit.renormalized(stabkit.Workload.from_classes([(6, 4), (6, 8)]))
    _verdict = stabkit.unit_circle_counts(_small).verdict
    answer(rf"""
    The small mix has inputs $\frac64$ and decode lengths 1 and 2:
    $G = (s' + 1) + \frac12 (s' + 2) z$ with $s' = \frac32$, whose only root has modulus
    $\frac{{7/4}}{{5/2}} = \frac7{{10}}$ as a mode: **{_verdict}**. So the synchronised cycle of
    period 4 attracts all nearby states.
    """)
    return


@app.function
def test_solution_1():
    rings = {
        min(format(k, "06b")[i:] + format(k, "06b")[:i] for i in range(6)) for k in range(1, 64)
    }
    assert len(rings) == 13
    assert len(stabkit.necklace_cycles(stabkit.Workload.from_classes([(1, 6)]))) == len(rings)


@app.function
def test_every_formula_against_an_exact_run():
    for inputs, length in ((3, 4), (0, 5)):
        mix = stabkit.Workload.from_classes([(inputs, length)], 840)
        best = Fraction(840) / (inputs * length + Fraction(length * (length + 1), 2))
        for cycle in stabkit.necklace_cycles(mix):
            run = stabkit.simulate(
                mix, cycle.period, arithmetic="exact", state=[list(cycle.states[0])]
            )
            done = sum(run.completed[1:], Fraction(0)) / cycle.period
            assert 1 - done / best == loss(cycle.composition, inputs)


@app.function
def test_solution_3():
    assert Fraction(45, 2 * 56) > Fraction(2, 5) >= Fraction(44, 2 * 55)
    assert stabkit.worst_cycle_loss(10, 46) == Fraction(45, 112)


@app.function
def test_solution_4():
    small = stabkit.renormalized(stabkit.Workload.from_classes([(6, 4), (6, 8)]))
    kernel = [Fraction(str(g)) for g in stabkit.memory_kernel(small)]
    assert kernel[1] / kernel[0] == Fraction(7, 10)


@app.function
def test_the_bistable_mix():
    cycle = observed_on_bistable()
    mix = stabkit.Workload.from_classes([(0, 6, 2), (5, 1, 3)])
    state = [[c.share * y for y in cycle.cohorts[0][: c.decode_length]] for c in mix.classes]
    run = stabkit.simulate(mix, 29, arithmetic="exact", state=state, record_states=True)
    assert run.states[-1] == run.states[0]
    assert sum(1 for x in run.evicted[1:] if x) == 4
    assert stabkit.unit_circle_counts(mix, "schur-cohn").verdict == "stable"


@app.function
def test_beads():
    found = stabkit.necklace_cycles(stabkit.Workload.from_classes([(2, 4)]))
    assert [beads(cycle).count("●") for cycle in found] == [len(c.composition) for c in found]
    state = next(c for c in found if c.composition == (3, 1)).states[0]
    assert [bool(x) for x in state] == [bead == "●" for bead in "○○●●"]


if __name__ == "__main__":
    app.run()
