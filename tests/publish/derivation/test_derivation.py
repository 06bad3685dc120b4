"""Derivations: what they say comes from the findings, exactly, whoever computed them."""

from __future__ import annotations

import math
import re
from collections import defaultdict
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from functools import cache
from itertools import pairwise
from typing import Any

import mpmath
import pytest
from sympy import Poly, symbols

from stabkit import (
    SymbolicWorkload,
    Workload,
    characteristic_polynomial,
    derive,
    roots,
    theorems,
    unit_circle_counts,
)
from stabkit.analysis.facts import AdmissionsNoise, DerivationFacts, derivation_facts
from stabkit.analysis.verdict.analysis import (
    Analysis,
    Enclosure,
    Equilibrium,
    FiniteSummary,
    GcdTheoremSummary,
    KernelSummary,
    ModeCounts,
    SynchronizedCycle,
    ThresholdSummary,
    UnstableModes,
    WorkloadSummary,
)
from stabkit.errors import InvalidArgument, InvalidWorkload
from stabkit.model.enclosure import RealEnclosure
from stabkit.model.symbolic import LAMBDA
from stabkit.publish.derivation import Derivation, derivation_document
from stabkit.publish.derivation.model_sections import characteristic_section
from stabkit.publish.derivation.statements import STATEMENTS
from stabkit.publish.derivation.theory import stated
from stabkit.publish.derivation.worksheets import worksheet
from stabkit.publish.document.symbols import undefined_symbols
from stabkit.publish.document.tree import (
    Document,
    Equations,
    Formula,
    Paragraph,
    Section,
    Statement,
)

pytestmark = pytest.mark.slow


def _whole(text: str) -> str:
    """Return a text in which numbers are not broken."""
    return text.replace(r"\penalty800 ", "")


@cache
def derived(mix: str) -> Derivation:
    return derive(mix)


def written(facts: DerivationFacts) -> str:
    return Derivation(derivation_document(facts)).article


@pytest.fixture(scope="module")
def facts() -> DerivationFacts:
    return derivation_facts(Workload.from_classes([(5, 4), (5, 6)], 1000))


@pytest.mark.parametrize(
    ("changes", "shown"),
    [
        ({"verdict": "undecided"}, "The equilibrium is undecided."),
        ({"gcd": 7}, "is $g = 7$"),
        ({"kernel": KernelSummary(91, Fraction(12347, 2))}, "frac{12347}{2}"),
        ({"kernel": KernelSummary(91, Fraction(5))}, "$L = 91$ steps"),
        ({"counts": ModeCounts(71, 72, 73)}, "$71$ inside of the unit circle, $72$ on it"),
        ({"counts": ModeCounts(71, 72, 73)}, "and $73$ outside"),
        (
            {"spectral_radius": Enclosure(Decimal("1.2345678901234567890123"), Decimal("3E-30"))},
            r"1.2345678901234567890123 \pm 3 \cdot 10^{-30}",
        ),
        (
            {"threshold": ThresholdSummary("77.125", "78.5", (("77.125", None),), 79.25)},
            r"s^* \approx 77.125",
        ),
        (
            {"threshold": ThresholdSummary("77.125", "78.5", (("3/7", "9.5"),), 79.25)},
            r"$\tfrac{3}{7} < s < 9.5$",
        ),
        ({"threshold": ThresholdSummary("77.125", "78.5", (), None)}, r"s^\circ = 78.5"),
        (
            {"equilibrium": Equilibrium(Fraction(17, 19), Fraction(23), Fraction(23))},
            r"$a^* = \tfrac{17}{19}$",
        ),
        (
            {"equilibrium": Equilibrium(Fraction(17), Fraction(23), Fraction(23))},
            "= 23$ requests in service",
        ),
        ({"synchronized_cycle": SynchronizedCycle(Fraction(97, 101))}, r"\frac{97}{101}"),
        (
            {"gcd_theorem": GcdTheoremSummary(True, Decimal("4.625"), Decimal("2E-9"))},
            r"4.625 \pm 2 \cdot 10^{-9}",
        ),
        (
            {"gcd_theorem": GcdTheoremSummary(None, None, None, Fraction(31, 37))},
            r"\tfrac{31}{37}",
        ),
        (
            {
                "gcd_theorem": GcdTheoremSummary(
                    True, None, claim=UnstableModes("at least", 41, "R9")
                )
            },
            "R9 proves at least 41 unstable modes",
        ),
    ],
)
def test_a_number_changed_in_the_analysis_changes_in_the_text(
    facts: DerivationFacts, changes: dict[str, Any], shown: str
) -> None:
    assert shown not in written(facts)
    assert shown in written(replace(facts, analysis=replace(facts.analysis, **changes)))


@pytest.mark.parametrize(
    ("field", "value", "shown"),
    [
        ("steps", 987654, "for 987,654 steps. What"),
        ("steps", 0, "step by step, until the first eviction. What"),
        ("growth_predicted", 1.7654321, "1.7654321"),
        ("growth_measured", 1.8654321, "1.8654321"),
        ("tolerance", 3.7e-5, r"3.7 \cdot 10^{-5}"),
        ("throughput_ratio", 0.123456, "0.123456"),
        ("request_ratio", 0.223456, "0.223456"),
        ("from_empty_ratio", 0.323456, "0.323456"),
        ("evictions_per_step", 0.423456, "0.423456"),
        ("wasted_token_fraction", 0.523456, "0.523456"),
        ("completed_shares", (0.61234, 0.38766), "$0.61234$, $0.38766$"),
        ("agrees", False, "do not agree"),
    ],
)
def test_so_does_one_of_the_simulation(
    facts: DerivationFacts, field: str, value: Any, shown: str
) -> None:
    check = facts.analysis.simulation
    assert check is not None
    changed = replace(facts.analysis, simulation=replace(check, **{field: value}))
    assert shown not in written(facts)
    assert shown in written(replace(facts, analysis=changed))


def test_modes_and_classes_are_those_of_the_analysis(facts: DerivationFacts) -> None:
    analysis: Analysis = facts.analysis
    mode = replace(analysis.dominant_modes[0], re=-3.25, im=4.125, doubling_steps=8.75)
    assert analysis.synchronized_modes is not None
    one = replace(analysis.synchronized_modes[0], modulus=5.375, predicted_growth=6.625)
    summary = analysis.workload
    classes = (replace(summary.classes[0], input_length=Fraction(61, 3)), *summary.classes[1:])
    workload: WorkloadSummary = replace(summary, classes=classes, capacity=Fraction(7777))
    text = written(
        replace(
            facts,
            analysis=replace(
                analysis, dominant_modes=(mode,), synchronized_modes=(one,), workload=workload
            ),
        )
    )
    for shown in (r"-3.25 \pm 4.125\,i", "$8.75$ steps", "$5.375$", "$6.625$", "61/3", "7777"):
        assert shown in text


def test_the_noise_of_whole_requests_is_that_of_the_facts(facts: DerivationFacts) -> None:
    found = AdmissionsNoise(Fraction(1234, 567), Fraction(765, 432))
    text = written(replace(facts, noise=found))
    assert r"d}\theta - 1 = \frac{1234}{567}" in text
    assert r"- 1 = \frac{85}{48}" in text  # 765/432
    enclosed = RealEnclosure(Fraction("2.3456789"), Fraction("2.3456792"))
    assert r"- 1 = 2.3456789 \dots 2.3456792" in written(
        replace(facts, noise=AdmissionsNoise(enclosed, None))
    )
    summary = FiniteSummary(0.4321, True, None, None, None)
    text = written(replace(facts, analysis=replace(facts.analysis, finite=summary)))
    assert r"\sqrt{V / a^*} = 0.4321" in text


@pytest.mark.parametrize(
    ("mix", "value"),
    [
        # V by the formula of two adjacent lengths; cv^2(M) by hand: M = 5 and 11, mean 8
        (Workload.from_classes([(4, 1), (4, 2)]), r"d}\theta - 1 = \frac{9}{16}"),
        (Workload.from_classes([(4, 1), (4, 2)]), r"- 1 = \frac{9}{64}"),
        (Workload.from_classes([(4, 1)]), r"d}\theta - 1 = 0"),
        (Workload.from_classes([(5, 4), (5, 6)]), "the equilibrium is unstable"),
        (Workload.from_classes([(1, 2), (1, 3)]), "the equilibrium is marginal"),
        (
            replace(Workload.from_classes([(4, 1), (4, 2)]), means=True),
            "of the inputs only means are known",
        ),
    ],
)
def test_the_noise_has_a_value_or_a_reason(mix: Workload, value: str) -> None:
    assert value in derive(mix).article


def test_the_polynomial_is_exact(random_mixes: Any) -> None:
    x = symbols("x")
    drawn = [mix for mix, _ in zip(random_mixes, range(20), strict=False)]
    longest = Workload.from_classes([(5, 40), (3, 7)])  # of which all terms are shown
    for mix in [longest, *(mix for mix in drawn if 2 <= mix.longest_decode <= 24)]:
        section = characteristic_section(derivation_facts(mix))
        shown = [b.latex for b in section.blocks if isinstance(b, Formula)]
        _, formula = (text for text in shown if r"F(\lambda) =" in text)  # as a sum, in integers
        body = formula.split(r"F(\lambda) = ")[1].removesuffix(" .")
        body = re.sub(r"\\lambda(\^\{(\d+)\})?", lambda m: f"*x**{m[2] or 1}", body)
        body = re.sub(r"(^|[+-])\s*\*", r"\1 ", body.strip())
        expected = Poly(characteristic_polynomial(mix).as_expr().subs(LAMBDA, x), x)
        assert Poly(body, x).monic() == expected.monic()


@pytest.mark.parametrize("digits", [30, 60])
def test_the_bound_of_the_roots_is_rounded_upwards(facts: DerivationFacts, digits: int) -> None:
    """By 10^-21 for the 22 digits shown, and by a radius, however small it is beside that."""
    radius = mpmath.mpf(10) ** -digits
    shown = tuple(replace(root, radius=radius) for root in facts.roots)
    assert r"within $1.1 \cdot 10^{-21}$ of" in written(replace(facts, roots=shown))


def test_the_roots_are_shown_to_twenty_digits() -> None:
    text = derived("5:3 5:5").article
    for root in roots("5:3 5:5", 60):
        with mpmath.workdps(60):
            assert mpmath.nstr(abs(root.value.imag), 40)[:22] in _whole(text)
    assert re.search(r"\\max \|\\lambda\| = 1\.05382885000649226474201621003", _whole(text))


def test_a_derivation_is_the_same_every_time() -> None:
    assert derive("5:3 5:5").article == derived("5:3 5:5").article


def test_short_lengths_show_every_line_and_long_ones_what_fits() -> None:
    short = derive(Workload.from_classes([(5, 1), (5, 3)])).article
    assert r"g_{0} &= \frac{1}{2} \cdot (5 + 1) + \frac{1}{2} \cdot (5 + 1) = 6" in short
    assert r"g_{2} &= \frac{1}{2} \cdot (5 + 3) = 4" in short
    long = derive(Workload.from_classes([(100, 1000, 1), (100, 999, 2)])).article
    assert r"g_m &= 101 + m" in long
    assert "of degree $999$" in long


def test_the_schur_cohn_table_is_that_of_the_recursion() -> None:
    """By hand: 8 z^2 + 7 z + 12 has |a| = 8 < 12 = |c|; T = (8 P - 12 P*) / z = -80 z - 28."""
    text = derive(Workload.from_classes([(5, 1), (5, 3)])).article
    assert r"P_{1}(z) &= 8 z^{2} + 7 z + 12" in text
    assert r"P_{2}(z) &= -20 z - 7" in text
    assert r"1 & $2$ & $8 < 12$ & $1 - N_{2} = 0$" in text
    assert r"2 & $1$ & $20 > 7$ & $0 + 1 = 1$" in text
    assert "$G$ has 0 zeros in the open disc" in text


def test_every_integer_of_the_recursion_is_printed() -> None:
    """The recursion by its definition: u P - v P*, divided by z and by the content."""
    rows = [_coefficients(right) for right in _reduction("3:9 5:3 8:6")]
    assert len(rows) == 8
    for p, following in pairwise(rows):
        u, v = p[0], p[-1]
        transform = [u * a - v * b for a, b in zip(p, reversed(p), strict=True)][:-1]
        assert following == [c // math.gcd(*transform) for c in transform]


def _reduction(mix: str) -> list[str]:
    """Return the polynomials of the recursion, as LaTeX."""
    parts = derive(mix).document.sections
    blocks = [one for part in parts for one in part.blocks if isinstance(one, Equations)]
    return [right for one in blocks if one.label == "reduction" for _, right in one.lines]


def _coefficients(latex: str) -> list[int]:
    text = re.sub(r"z(\^\{(\d+)\})?", lambda m: f"*x**{m[2] or 1}", latex.removeprefix("= "))
    text = re.sub(r"(^|[+-])\s*\*", r"\1 ", text)
    return [int(c) for c in Poly(text, symbols("x")).all_coeffs()]


@pytest.mark.parametrize("mix", ["8:15 9:10", "7:13 30:17:2"])
def test_beyond_the_table_the_winding_number_is_the_evidence(mix: str) -> None:
    """Its zeros in the disc are as many as FLINT finds."""
    text = derive(mix).article
    outside = unit_circle_counts(mix, "flint").outside
    assert f"the zeros in the disc & ${outside}$" in text
    assert f"at $-1$: ${outside}$" in text
    assert "in integers" not in text.split(r"\end{abstract}")[0]


def test_sturms_chain_counts_the_zeros_on_the_circle() -> None:
    """C = 2 z^2 + 3 z + 2 = z (2 x + 3): one sign changes between x = -2 and 2."""
    text = derived("1:2 1:3").article
    assert r"T_{0}(x) &= 2 x + 3" in text
    assert "1 and 0 changes" in text


_ARTICLES = [
    "1:1",
    "2:2",
    "10:12",
    "10:4 10:6",
    "0:6:2 5:1:3",
    "7/3:4:2/7 9/2:7:5/7",
    "30:40 20:25:2 11:13",
    "256:1024",
    "one-class",
    "two-class",
    "shape",
    "two inputs",
]


def _article(name: str) -> Derivation:
    s, p = symbols("s p")
    n, k = symbols("n k", integer=True, positive=True)
    free = {
        "one-class": [(s, n, 1)],
        "two-class": [(s, k, p), (s, n, 1 - p)],
        "shape": [(s, 3, p), (s, 5, 1 - p)],
        "two inputs": [(symbols("s_1"), 2, p), (symbols("s_2"), 3, 1 - p)],
    }
    return derive(SymbolicWorkload.from_classes(free[name]) if name in free else name)


@pytest.mark.parametrize("name", _ARTICLES)
def test_symbols_are_introduced_and_have_one_meaning(name: str) -> None:
    document = _article(name).document
    assert undefined_symbols(document) == []
    assert undefined_symbols(worksheet(document)) == []
    meanings = defaultdict(set)
    for block in (block for part in document.sections for block in part.blocks):
        if isinstance(block, Statement):
            for symbol, meaning in block.notation:
                meanings[symbol].add(meaning)
    assert [symbol for symbol, known in meanings.items() if len(known) > 1] == []


def test_a_symbol_that_nothing_introduces_is_found() -> None:
    document = _article("2:2").document
    first, *rest = document.sections
    stray = replace(first, blocks=(*first.blocks, Paragraph(r"Then $\zeta_k > 0$.")))
    changed = replace(document, sections=[stray, *rest])
    assert undefined_symbols(changed) == [(r"\zeta", "The workload")]


def test_every_statement_is_that_of_a_record() -> None:
    known = {theorem.label for theorem in theorems()}
    assert set(STATEMENTS) <= known
    for block in stated(*STATEMENTS):
        assert "(Proof: [Stabkit2026]" in block.statement


def test_the_worksheet_gives_no_answer_away() -> None:
    found = derived("5:3 5:5")
    answers = (
        "free equilibrium is",
        r"12 \lambda^{4}",
        r"\rho =",
        r"s^* \approx",
        "$F$ has",
        "9}{2}",
    )
    assert [answer for answer in answers if answer not in found.article] == []
    assert [answer for answer in answers if answer in found.worksheet] == []
    assert r"\begin{tabular}" in found.worksheet  # the classes


def test_sentences_of_odd_mixes_are_true() -> None:
    """Each of these had one that was not."""
    double = derive("0:2:2 0:3:1").article  # (lambda + 1)^2
    assert "its size stays" not in double
    assert "as its multiplicity is $2$" in double
    one = derive("0:7").article  # all requests are alike, Enestrom and Kakeya
    assert r"\mathrm{d}\theta - 1 = 0 ." in one
    assert "stabkit certify" not in one
    assert "half a turn" not in one
    assert "tolerance of that comparison" not in derive("5:1").article
    assert "is the mean of their inputs" in derive("azure-code-2023").article
    singular = derive("0:2:8743/614196 0:4:416951/614196 0:9:52951/255915 0:10:1/10").article
    assert "The first polynomial is $" in singular
    long = derive("5/2:3:1/3 7/3:5:2/7")  # an exact cycle whose numbers are too long for a run
    assert "Fractions are exact, decimals rounded." in long.article
    assert "of degree $0$" not in derive("5:100800").article  # beyond dense polynomials
    asked = [one.task for one in derived("5:3 5:5").document.sections if one.task]
    assert not any("R9" in task or "R10" in task for task in asked)  # not stated where g = 1


def test_symbolic_lengths_may_stand_in_any_order() -> None:
    s, p = symbols("s p")
    n = symbols("n", integer=True, positive=True)
    for first, second in ((5 * n, 3 * n), (3 * n, 5 * n)):
        text = derive(SymbolicWorkload.from_classes([(s, first, p), (s, second, 1 - p)])).article
        assert r"(5 n - 3 n)^{5 n - 3 n} (3 n)^{3 n}" in text
        assert r"3 n < 5 n" in text
        assert "headroom" not in text  # which is of one decode length
    same = derive(SymbolicWorkload.from_classes([(s, n, p), (s, n, 1 - p)])).article
    assert "one decode length, so that all roots of $A$ are simple" in same


def test_a_marginal_mix_shows_the_common_factor() -> None:
    text = derived("1:2 1:3").article
    assert r"C(z) = 4 z^{2} + 6 z + 4" in text or r"C(z) = 2 z^{2} + 3 z + 2" in text
    assert "$2$ on it" in text
    assert "square*" in text


def test_symbolic_derivations_keep_their_symbols() -> None:
    s, p, q = symbols("s p q")
    n, k = symbols("n k", integer=True, positive=True)
    one = derive(SymbolicWorkload.from_classes([(s, n, 1)])).article
    assert r"\frac{2 s + n + 1}{2 (s + n)}" in one
    two = derive(SymbolicWorkload.from_classes([(s, k, p), (s, n, 1 - p)])).article
    assert r"p^{n} (n - k)^{n - k} k^{k} = (1 - p)^{k} n^{n}" in two
    shape = derive(SymbolicWorkload.from_classes([(s, 2, q), (s, 3, 1 - q)])).article
    assert r"\frac{2}{s + 3} < q < \frac{s + 2}{s + 3}" in shape


def test_where_the_noise_of_symbols_diverges_they_are_marginal() -> None:
    """For lengths 2 and 3 the Fano factor has the two sides of 2/(s+3) < q < (s+2)/(s+3) below."""
    s, q = symbols("s q")
    shape = derive(SymbolicWorkload.from_classes([(s, 2, q), (s, 3, 1 - q)])).article
    finite = shape[shape.index("{Finite server}") :]
    assert "q s + 3 q - 2" in finite
    assert "q s + 3 q - s - 2" in finite
    even = derive(SymbolicWorkload.from_classes([(s, 2, q), (s, 4, 1 - q)])).article
    assert "never stable" in even
    assert "rational function" not in even  # there is no steady state around which to vary


def test_what_cannot_be_derived_is_refused() -> None:
    s, p = symbols("s p")
    n = symbols("n", integer=True, positive=True)
    with pytest.raises(InvalidWorkload, match="'mix' must be a Workload"):
        derive(3)  # type: ignore[arg-type]
    with pytest.raises(InvalidArgument, match="one class, or two with a common input"):
        derive(SymbolicWorkload.from_classes([(s, n, p), (s + 1, 3, 1 - p)]))
    with pytest.raises(InvalidArgument, match="decode lengths up to 40"):
        derive(SymbolicWorkload.from_classes([(s, 41, p), (s, 3, 1 - p)]))


def test_worksheet_and_solution_have_the_same_tasks() -> None:
    found = derive(Workload.from_classes([(5, 1), (5, 3)]))
    tasks = [s.task for s in found.document.sections if s.task]
    assert len(tasks) >= 8
    assert found.worksheet.count(r"\par\vspace{") == len(tasks)
    assert "g_{0} &=" not in found.worksheet
    assert found.solution.count("Task: ") == len(tasks)
    assert "g_{0} &=" in found.solution


def test_only_cited_sources_are_listed() -> None:
    found = derive(Workload.from_classes([(5, 1), (5, 3)]))
    cited = set(re.findall(r"\\cite\{(\w+)\}", found.article))
    assert cited == set(re.findall(r"\\bibitem\{(\w+)\}", found.article))
    assert cited == set(re.findall(r"^@\w+\{(\w+),", found.bibtex, re.MULTILINE))


@pytest.mark.parametrize(("mix", "local"), [("0:6:2 5:1:3", True), ("10:3 10:5", False)])
def test_a_stable_mix_with_another_cycle_states_that_stability_is_local(mix, local):
    classes = [tuple(map(int, one.split(":"))) for one in mix.split()]
    text = derive(Workload.from_classes(classes)).article
    assert ("Stability is only local" in text) is local


def test_the_sheets_of_any_document_are_its_tasks_and_their_solution() -> None:
    part = Section("Squares", (Paragraph("It is 4."),), "What is the square of 2?")
    found = Derivation(Document("On squares", "In short.", (part,), ()))
    assert "What may be used" not in found.worksheet
    assert "It is 4." not in found.worksheet
    assert "It is 4." in found.solution
