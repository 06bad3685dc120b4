# /// script
# [tool.marimo.display]
# theme = "system"
# ///
"""Lesson 1: memory that grows while you serve."""

import marimo

__generated_with = "0.25.2"
app = marimo.App(width="medium", app_title="1 Memory that grows")

with app.setup:
    from fractions import Fraction
    from itertools import pairwise

    import marimo as mo
    from stabkit_lessons import lesson
    from stabkit_lessons.answers import answered, asked
    from stabkit_lessons.display import answer, number, picture, verdict

    import stabkit


@app.cell(hide_code=True)
def _():
    mo.md(lesson("memory_that_grows").header)
    return


@app.cell(hide_code=True)
def _():
    mo.md(r"""
    ## A server in three rules

    A language model writes one token per request in every **step**. It keeps what it has read and
    written in memory, the *KV cache*: a request with a prompt of $s$ tokens holds $s + 1$ tokens
    while it writes its first one, $s + 2$ while it writes the second, and so on. After $l$ steps it
    is finished, and all of its memory is free again. The memory has room for $B$ tokens, and there
    is always somebody waiting.

    1. **Execute.** Everybody writes one token and moves on a stage. Who was in the last stage is
       finished.
    2. **Fit.** Count what the others need in the next step. If that is more than $B$, **evict**:
       throw out the youngest first, until the rest fits. Their work is lost.
    3. Otherwise **admit** as many new requests as fit, each with $s + 1$ tokens.

    We take $s = 2$, $l = 2$ and $B = 140$. A request holds 3 tokens in stage 0 and 4 in stage 1.
    """)
    return


@app.cell(hide_code=True)
def _():
    mo.md(r"""
    ## With pencil and paper

    Suppose 21 requests are in stage 0 and 19 in stage 1. They hold $3 \cdot 21 + 4 \cdot 19 = 139$
    tokens, and all is well.

    * The 19 finish. The 21 move to stage 1 and need $4 \cdot 21 = 84$ tokens.
    * $140 - 84 = 56$ are free. A newcomer needs 3: 18 fit, for $3 \cdot 18 = 54$.

    Now 18 are in stage 0 and 21 in stage 1. Go on by yourself for three steps before you move the
    slider.
    """)
    return


@app.cell(hide_code=True)
def _():
    shown = mo.ui.slider(1, 18, value=1, show_value=True, label="steps shown")
    shown
    return (shown,)


@app.cell(hide_code=True)
def _(shown):
    _young, _old, _said = by_hand(shown.value)[-1]
    verdict(
        f"Step {shown.value}: {_said}. {_young} are in stage 0 and {_old} in stage 1, with "
        f"{3 * _young + 4 * _old} tokens."
    )
    return


@app.cell(hide_code=True)
def _(shown):
    _rows = "\n".join(
        f"| {n} | {young} | {old} | {3 * young + 4 * old} | {said} |"
        for n, (young, old, said) in enumerate(by_hand(shown.value))
    )
    mo.md(f"""
    | step | stage 0 | stage 1 | tokens held | what happened |
    |--:|--:|--:|--:|:--|
    {_rows}
    """)
    return


@app.cell(hide_code=True)
def _():
    _run = whole_run(40)
    picture(
        stabkit.figure(_run),
        "Memory demand over 40 steps: the swings grow until requests are evicted in every other "
        "step.",
        34,
    )
    return


@app.cell(hide_code=True)
def _():
    _equilibrium = equilibrium()
    _worst = worst()
    mo.md(rf"""
    ## What went wrong

    There is a state in which nothing would ever change: 20 requests in each stage,
    $3 \cdot 20 + 4 \cdot 20 = 140$. That is the **equilibrium**; it completes {_equilibrium}
    requests per step. We began almost there, one request off. The swings grew, and in the end the
    server does this, for ever:

    * 46 newcomers are admitted; they fill the memory, $3 \cdot 46 = 138$;
    * in the next step they need $4 \cdot 46 = 184$ tokens. Eleven are thrown out, 35 stay;
    * the 35 finish, and the memory is empty. 46 newcomers are admitted ...

    So 35 requests complete every 2 steps, {float(_worst):.1f} per step instead of {_equilibrium}:
    the server has lost ${number(1 - _worst / _equilibrium)}$ of its throughput, and it did so by
    itself. Nobody sent more requests; nothing broke.

    ## Why does it swing?

    Look at how a small error travels. One request too few in stage 1 leaves 4 tokens free, and in
    the same step they are filled: 4 tokens make room for $\frac43$ newcomers of 3. One step later
    these are $\frac43$ requests *too many* in stage 1, and $\frac{16}{9}$ newcomers too few are
    admitted. In every step the error is multiplied by $-\frac43$. Lesson 2 makes that precise.
    """)
    return


@app.function
def server() -> stabkit.Workload:
    """Return the server of this lesson."""
    return stabkit.Workload.from_classes([(2, 2)], capacity=140)


@app.function
def whole_run(steps: int) -> stabkit.Trajectory:
    """Return its run in whole requests, from 21 and 19."""
    return stabkit.simulate(
        server(), steps, arithmetic="integer", state=[[21, 19]], record_states=True
    )


@app.function
def by_hand(steps: int) -> list[tuple[int, int, str]]:
    """Return the rows of the table: stage 0, stage 1, and what happened."""
    run = whole_run(steps)
    rows = []
    for (counts,), admitted, evicted, completed in zip(
        run.states, run.admitted, run.evicted, run.completed, strict=True
    ):
        said = f"{int(completed)} finished, " if completed else "nobody finished, "
        said += f"{int(evicted)} evicted" if evicted else f"{int(admitted)} admitted"
        rows.append((int(counts[0]), int(counts[1]), said if rows else "the start"))
    return rows


@app.function
def equilibrium() -> Fraction:
    """Return the admissions per step of the equilibrium, exactly."""
    return stabkit.analyze(server()).equilibrium.admissions_per_step


@app.function
def worst() -> Fraction:
    """Return the throughput of the worst cycle, in requests per step, exactly."""
    return stabkit.necklace_cycles(server())[-1].throughput


@app.cell(hide_code=True)
def _():
    tries = mo.ui.array(
        [
            asked("Requests per step"),
            asked("Requests per step"),
            asked("Part that is lost"),
        ]
    )
    return (tries,)


@app.cell(hide_code=True)
def _():
    mo.md(r"""
    ## Exercises

    **1.** Continue the table by hand: from 18 in stage 0 and 21 in stage 1, three more steps.
    """)
    return


@app.cell(hide_code=True)
def _():
    _rows = by_hand(4)[2:]
    answer("Stage 0 and 1: " + ", ".join(f"[{young}, {old}]" for young, old, _ in _rows) + ".")
    return


@app.cell(hide_code=True)
def _():
    mo.md(r"""
    **2.** A server with $s = 4$, $l = 3$ and $B = 180$. How many requests per step does its
    equilibrium complete?
    """)
    return


@app.cell(hide_code=True)
def _(tries):
    answered(tries, 0, 10, "One request in each stage: together they hold 5 + 6 + 7 tokens.")
    return


@app.cell(hide_code=True)
def _():
    _found = stabkit.analyze(stabkit.Workload.from_classes([(4, 3)], 180)).equilibrium
    answer(rf"""
    In every stage $a$ requests hold $5a + 6a + 7a = 18 a = 180$ tokens:
    ${number(_found.admissions_per_step)}$ per step.
    """)
    return


@app.cell(hide_code=True)
def _():
    mo.md(r"""
    **3.** The same server, but all requests are in one cohort that fills the memory just before it
    finishes. How many complete per step?
    """)
    return


@app.cell(hide_code=True)
def _(tries):
    answered(
        tries,
        1,
        Fraction(60, 7),
        "It holds 7 tokens per request in its last step, and finishes every third one.",
    )
    return


@app.cell(hide_code=True)
def _():
    _mix = stabkit.Workload.from_classes([(4, 3)], 180)
    _throughput = stabkit.necklace_cycles(_mix)[-1].throughput
    answer(rf"""
    In its last step a request holds 7 tokens: $180 / 7$ requests, every 3 steps,
    ${number(_throughput)} \approx {float(_throughput):.2f}$ per step.
    """)
    return


@app.cell(hide_code=True)
def _():
    mo.md(r"""
    **4.** Which part of all tokens that are written on the worst cycle of our server ($s = 2$,
    $l = 2$, in fractions of requests) is thrown away?
    """)
    return


@app.cell(hide_code=True)
def _(tries):
    answered(
        tries,
        2,
        Fraction(1, 7),
        "140/3 requests write a token in the first step, 35 in the second.",
    )
    return


@app.cell(hide_code=True)
def _():
    _cycle = stabkit.cycles(server()).cycles[-1]
    answer(rf"""
    In fractions, $\frac{{140}}{{3}}$ are admitted and write one token each,
    $\frac{{140}}{{4}} = 35$ go on and write a second one. Of
    $\frac{{140}}{{3}} + 35 = \frac{{245}}{{3}}$ tokens, $\frac{{140}}{{3}} - 35 = \frac{{35}}{{3}}$
    are lost: ${number(_cycle.wasted_token_fraction)}$ of them.
    """)
    return


@app.function
def test_the_worked_example():
    # by hand, as in the text
    expected = [
        (21, 19), (18, 21), (22, 18), (17, 22), (24, 17), (14, 24), (28, 14), (9, 28), (34, 9),
        (1, 34), (45, 1), (0, 35), (46, 0), (0, 35), (46, 0),
    ]  # fmt: skip
    assert [(young, old) for young, old, _ in by_hand(14)] == expected


@app.function
def test_the_rules_by_an_own_simulator():
    young, old = 21, 19
    for n in range(1, 40):
        old = young  # the old ones finish
        if 4 * old > 140:
            young, old = 0, 35
        else:
            young = (140 - 4 * old) // 3
        assert (young, old) == by_hand(n)[-1][:2]


@app.function
def test_an_error_is_multiplied_by_minus_four_thirds_in_every_step():
    run = stabkit.simulate(
        server(), 3, arithmetic="exact", state=[[20 + Fraction(4, 3), 19]], record_states=True
    )
    assert not any(run.evicted)
    errors = [(young - 20, old - 20) for ((young, old),) in run.states]
    assert errors[:2] == [(Fraction(4, 3), -1), (Fraction(-16, 9), Fraction(4, 3))]
    assert all(after[0] / before[0] == Fraction(-4, 3) for before, after in pairwise(errors))


@app.function
def test_the_loss():
    assert (equilibrium(), worst()) == (20, Fraction(35, 2))


@app.function
def test_solutions_2_and_3():
    mix = stabkit.Workload.from_classes([(4, 3)], 180)
    assert stabkit.analyze(mix).equilibrium.admissions_per_step == 10
    run = stabkit.simulate(mix, 90, arithmetic="exact", state=[[0, 0, Fraction(180, 7)]])
    assert sum(run.completed[-30:]) / 30 == Fraction(180, 21)


@app.function
def test_solution_4():
    run = stabkit.simulate(server(), 60, arithmetic="exact", state=[[0, 35]])
    lost = sum(run.evicted[-20:])  # each had written one token
    written = sum(run.admitted[-20:]) + sum(run.completed[-20:])
    assert lost / written == Fraction(1, 7)


if __name__ == "__main__":
    app.run()
