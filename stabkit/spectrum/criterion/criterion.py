"""The stability criterion of a mix in symbols: inequalities in inputs and shares, for L <= 5.

Let a_m = g_m be the memory kernel, n = L - 1 and F(lambda) = sum_m a_m lambda^(n-m). The Möbius map
lambda = (1 + w) / (1 - w) takes Re w < 0 to |lambda| < 1 and w = infinity to lambda = -1, so with

    f(w) = (1 - w)^n F = b_0 w^n + ... + b_n,   b_0 = (-1)^n F(-1),   b_n = F(1),

all roots of F lie in |lambda| < 1 iff b_0 != 0 and all roots of f lie in Re w < 0. As b_n > 0, the
criterion of Liénard and Chipart (for n <= 4, Routh's) reads: all b_i > 0 and

    n = 3:  D = b_1 b_2 - b_0 b_3 > 0;      n = 4:  D = b_1 b_2 b_3 - b_0 b_3^2 - b_1^2 b_4 > 0.

**Theorem.** For inputs >= 0 and shares > 0 the equilibrium is stable iff (L = 1: always)

    n = 1:  b_0 > 0;
    n = 2:  b_0 > 0 and a_0 > a_2;
    n = 3:  b_0 > 0 and D > 0;
    n = 4:  b_0 > 0, D > 0 and a_0 > a_4; any one of b_1 >= 0, b_3 >= 0, a_0 >= a_4 may stand in
            for the last one.

*Proof.* The conditions are necessary by the criterion, as 8 (a_0 - a_4) = b_1 + b_3 for n = 4. Now
let them hold. On this domain all a_m > 0, hence b_n = F(1) = sum a_m > 0, and 3 a_0 >= a_2, because

    3 a_0 - a_2 = sum_k p_k [3 (s_k + 1) - (s_k + 3) 1{l_k >= 3}] and 3 (s + 1) >= s + 3.

n = 1: b_0 and b_1 > 0. n = 2: b_1 = 2 (a_0 - a_2). n = 3: b_1 b_2 > b_0 b_3 > 0, so that b_1 and
b_2 have the same sign, and b_1 + b_2 = 2 (3 a_0 - a_2) >= 0: both are positive. n = 4: b_2 =
2 (3 a_0 - a_2) + 6 a_4 > 0 and b_1 b_3 b_2 > b_0 b_3^2 + b_1^2 b_4 >= 0, so that b_1 and b_3 have
the same sign and neither is 0; if b_1, b_3 or their sum is not negative, both are positive. ∎

The inequalities are strict throughout, and nothing was divided by, so degenerate cases are covered:
a root at -1 has b_0 = 0, and a pair of roots with product 1, such as a complex pair on the circle,
has D = 0 (Orlando: D is, up to a positive factor, the product of 1 - lambda_i lambda_j over i < j;
for n = 2, a_0 - a_2). In the coefficients of F,

    n = 3:  D / 8  = a_0^2 - a_3^2 - a_0 a_2 + a_1 a_3,
    n = 4:  D / 64 = (a_0 - a_4)^2 (a_0 - a_2 + a_4) + (a_1 - a_3) (a_0 a_3 - a_1 a_4).

Never stable: one decode length >= 2 (R5), and decode lengths that are all even (R9: b_0 < 0).

References
----------
A. Liénard, M. H. Chipart, J. Math. Pures Appl. 10 (1914); F. R. Gantmacher, *The Theory of
Matrices*, vol. 2, 1959, chapter XV; E. I. Jury, *Theory and Application of the z-Transform Method*,
1964; docs/model.md, Stability, R5, R8, R9.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from sympy import And, Basic, Expr, Ge, Gt, Lt, false, true

from ...errors import ArgumentTypeError, InvalidArgument, check_length, shown
from ...model.numbers import whole_number
from ...model.symbolic import SymbolicWorkload
from ...records import Record
from .domain import Domain, domain_of
from .pruning import as_relation, pruned
from .work import OutOfWork, Work

__all__ = ["LONGEST_SYMBOLIC", "StabilityCriterion", "stability_criterion"]

LONGEST_SYMBOLIC = 5
_WORK_LIMIT = 5_000_000  # term products: some five seconds


@dataclass(frozen=True, repr=False)
class StabilityCriterion(Record):
    """Inequalities that hold together iff the equilibrium is stable.

    Attributes
    ----------
    inequalities : tuple of sympy relations
        Empty if it is always stable, ``(false,)`` if never.
    simplified : bool
        False if the work limit was reached: then the inequalities are Jury's, as they come.
    assumptions : tuple of sympy relations
        The domain: inputs >= 0, shares > 0. What the symbols themselves assume is left out.
    reason : str
        One sentence.

    Examples
    --------
    >>> from sympy import symbols
    >>> from stabkit import SymbolicWorkload, stability_criterion
    >>> s, p = symbols("s p", positive=True)
    >>> mix = SymbolicWorkload.from_classes([(s, 1, 1 - p), (s, 2, p)])
    >>> stability_criterion(mix).condition
    p < (s + 1)/(s + 2)
    """

    inequalities: tuple[Basic, ...]
    simplified: bool
    assumptions: tuple[Basic, ...]
    reason: str

    @property
    def condition(self) -> Basic:
        """The conjunction of the inequalities: a sympy Boolean."""
        return And(*self.inequalities)


def stability_criterion(mix: SymbolicWorkload, work_limit: int = _WORK_LIMIT) -> StabilityCriterion:
    """Return the inequalities in inputs and shares that are equivalent to stability.

    Parameters
    ----------
    mix : SymbolicWorkload
        Decode lengths up to 5; inputs and shares are any real expressions, numbers included.
    work_limit : int
        Products of two terms that simplification may take, at least 0; the default is some five
        seconds' worth. It is counted, not measured, so that every machine gives the same answer.
        What would take more is not begun, and the inequalities are returned as they come.

    Returns
    -------
    StabilityCriterion
        Equivalent to stability wherever its assumptions hold, simplified or not.

    Raises
    ------
    InvalidArgument
        If the mix is no symbolic workload, a decode length is beyond 5, an input or share is not
        real, or the work limit is no integer or negative.
    InvalidWorkload
        If a decode length is a symbol.

    Notes
    -----
    The theorem in the module docstring gives at most three inequalities; they are factored, solved
    for a share or an input where they are linear in it, and pruned by proofs of sign only. An
    inequality that follows from the others may remain: that the list is minimal is not checked.

    References
    ----------
    docs/model.md, Stability, R5, R8, R9.

    Examples
    --------
    >>> from sympy import symbols
    >>> s, p = symbols("s p")
    >>> mix = SymbolicWorkload.from_classes([(s, 2, p), (s, 3, 1 - p)])
    >>> stability_criterion(mix).inequalities
    (p > 2/(s + 3), p < (s + 2)/(s + 3))
    """
    lengths = _checked_lengths(mix)
    work_limit = whole_number(work_limit, "'work_limit'", 0)
    assumptions = _assumptions(mix)
    known = _by_lengths(lengths)
    if known is not None:
        verdict, reason = known
        return StabilityCriterion(() if verdict else (false,), True, assumptions, reason)
    plain = _plain_inequalities(mix)
    if all(i in (true, false) for i in plain):
        reason = f"Jury's inequalities for degree {max(lengths) - 1}, evaluated exactly."
        return StabilityCriterion(() if all(plain) else (false,), True, assumptions, reason)
    try:
        found = _simplified(mix, Work(work_limit))
    except OutOfWork:
        reason = (
            f"{_source(lengths)}, not simplified further: that takes more than the work limit of "
            f"{work_limit} term products."
        )
        return StabilityCriterion(plain, False, assumptions, reason)
    return StabilityCriterion(found, True, assumptions, _reason(lengths, found))


def _checked_lengths(mix: SymbolicWorkload) -> tuple[int, ...]:
    if not isinstance(mix, SymbolicWorkload):
        raise ArgumentTypeError(f"'mix' must be a SymbolicWorkload, not {shown(mix)}.")
    check_length(mix.longest_decode, LONGEST_SYMBOLIC, "for a symbolic criterion")
    return mix.decode_lengths


def _by_lengths(lengths: tuple[int, ...]) -> tuple[bool, str] | None:
    """Return what the decode lengths decide alone, with the reason."""
    if max(lengths) == 1:
        return True, "Every request takes one step, so that there is no mode that could grow."
    if len(set(lengths)) == 1:
        return False, "Eneström-Kakeya (R5): with one decode length every mode is unstable."
    if math.gcd(*lengths) % 2 == 0:
        return False, "All decode lengths are even, so that a real mode lies below -1 (R9)."
    return None


def _assumptions(mix: SymbolicWorkload) -> tuple[Basic, ...]:
    """Return inputs >= 0 and shares > 0, each once, without those that are evident."""
    try:
        inputs = [Ge(c.input_length, 0) for c in mix.classes]
        shares = [_positive_share(c.share) for c in mix.classes]
    except TypeError as failure:  # sympy refuses to compare non-real numbers
        raise InvalidArgument(
            "'mix' must have real inputs and shares, not complex ones."
        ) from failure
    return tuple(dict.fromkeys(r for r in [*inputs, *shares] if r is not true))


def _positive_share(share: Expr) -> Basic:
    """Return share > 0, a share such as 1 - p - q as p + q < 1."""
    constant, rest = share.as_independent(*share.free_symbols, as_Add=True)
    if rest.could_extract_minus_sign():
        factor, terms = (-rest).as_coeff_Mul()
        return Lt(terms, constant / factor)
    return Gt(share, 0)


def _plain_inequalities(mix: SymbolicWorkload) -> tuple[Basic, ...]:
    """Return the theorem's inequalities as they come: nothing is expanded, which is quick."""
    classes = tuple((c.input_length, int(c.decode_length), c.share) for c in mix.classes)
    conditions = _conditions(_kernel(classes))
    return tuple(Gt(c, 0, evaluate=not mix.symbols) for c in conditions)


def _kernel(classes: tuple[tuple[Any, int, Any], ...]) -> list[Any]:
    """Return g_m = sum_k p_k (s_k + m + 1) 1{m < l_k}, of expressions or polynomials."""
    longest = max(n for _, n, _ in classes)
    return [sum(p * (s + m + 1) for s, n, p in classes if n > m) for m in range(longest)]


def _conditions(a: list[Any]) -> list[Any]:
    """Return the expressions that the theorem wants to be > 0; the one for n = 4 comes last."""
    alternating = sum((-1) ** m * x for m, x in enumerate(a))
    if len(a) == 2:
        return [alternating]
    if len(a) == 3:
        return [alternating, a[0] - a[2]]
    if len(a) == 4:
        return [alternating, a[0] ** 2 - a[3] ** 2 - a[0] * a[2] + a[1] * a[3]]
    ends, middle = a[0] - a[4], a[1] - a[3]
    pairs = ends**2 * (a[0] - a[2] + a[4]) + middle * (a[0] * a[3] - a[1] * a[4])
    return [alternating, pairs, ends]


def _simplified(mix: SymbolicWorkload, work: Work) -> tuple[Basic, ...]:
    domain = domain_of(mix, work)
    for s, n, p in domain.classes:
        work.spend(n * len(p) * (len(s) + 1) * len(domain.meanings) // 8)
    kernel = _kernel(domain.classes)
    work.spend(_products(max(map(len, kernel)), len(kernel)))
    conditions = _conditions(kernel)
    if len(kernel) == 5 and _one_stands_in(domain, kernel):
        conditions.pop()
    found = pruned(domain, conditions)
    if found is None:
        return (false,)
    relations = tuple(as_relation(domain, inequality) for inequality in found)
    if false in relations:
        return (false,)
    return tuple(r for r in relations if r is not true)


def _products(terms: int, length: int) -> int:
    """Return the cost of `_conditions`, of at most so many terms each: degree 2 for n = 3.

    For n = 4 the squares take 3 t^2 products, and with up to 3 t terms beside t^2 / 2 and 2 t^2
    beside 2 t, the cubes less than 6 t^3.
    """
    return {4: 4 * terms**2, 5: 3 * terms**2 + 6 * terms**3}.get(length, 0)


def _one_stands_in(domain: Domain, a: list[Any]) -> bool:
    """Whether b_1, b_3 or b_1 + b_3 is proved to be >= 0 on the whole domain, for n = 4."""
    ends, middle = 2 * (a[0] - a[4]), a[1] - a[3]  # b_1 / 2 and b_3 / 2 are ends -+ middle
    chart = domain.chart()
    return any(chart.nonnegative(b) for b in (ends - middle, ends + middle, ends))


def _source(lengths: tuple[int, ...]) -> str:
    return f"Jury's inequalities for degree {max(lengths) - 1}, those left out that always hold"


def _reason(lengths: tuple[int, ...], found: tuple[Basic, ...]) -> str:
    if not found:
        return "All of Jury's inequalities hold on the whole domain."
    if found == (false,):
        return "Jury's inequalities exclude each other on the whole domain."
    return f"{_source(lengths)}."
