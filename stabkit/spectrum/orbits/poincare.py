"""Poincaré matrices of the homogeneous level cycles, and what their Floquet multipliers prove.

One class, input length s, decode length l, capacity B; x_j requests are in stage j, 0 <= j < l. A
*post-fit* state has full memory, sum_j (s + j + 1) x_j = B: admission fills it and eviction leaves
it full. So the states of interest lie on a hyperplane H, and on H the step is linear (no constant).

*One step* (docs/model.md, Model). Execute moves x_m to stage m + 1 and completes x_(l-1). By full
memory, what the survivors need exceeds B by

    used - B = sum_(m < l-1) (s + m + 2) x_m - B = sum_(m < l-1) x_m - (s + l) x_(l-1).

* used <= B: the requests admitted are (B - used) / (s + 1). This is the *admit map* M_1, a shift
  with the first row (-1, ..., -1, s + l) / (s + 1).
* used > B: stages 0, 1, ... are emptied until the rest fits. Let j be the marginal stage, the first
  one that keeps something. The survivors in stages m + 1 > j keep (s + m + 2) x_m tokens, and
  stage j keeps what is left of B, which is now written as sum_m (s + m + 1) x_m:

      x'_j = [sum_(m<j) (s + m + 1) x_m - sum_(j<=m<l-1) x_m + (s + l) x_(l-1)] / (s + j + 1).

  This is the *fit map* M_2^(j): a shift, zero rows below stage j, and this row j. M_2^(0) = M_1.

Every one of these matrices conserves tokens, t M = t with t = (s + 1, ..., s + l).

*Level i cycle* (R6), 0 <= i < l. From c (0, ..., 0, i + 1, 1, ..., 1), with i zeros:

* l - i - 1 steps complete c requests each; used - B = -(s + 1) c, so c are admitted.
* The next completes (i + 1) c; used - B = -((i + 1)(s + 1) + l i) c, so more than c are admitted:
  a cohort of A_0 c requests. That makes l - i admissions. The oldest i stages are empty now.
* i steps, j = 1, ..., i, complete nothing; used - B is the number of requests present, positive.
  Stages below j are empty, and the cohort is cut from A_(j-1) c to A_j c, in the end to
  A_i = i + 1: all others are back where they began, and the token total is the same.

Hence P^(i) = M_2^(i) ... M_2^(1) M_1^(l-i), the map over l steps, has the fixed vector v of level
i. (Level 0 is the equilibrium, a fixed point of M_1 already.)

*Where the linearisation is valid.* The map switches where used = B and where the marginal stage is
used up. On the cycle neither happens, by strict inequalities: used < B in every admission, used > B
in every eviction, and 0 < A_j, so that the marginal stage is j (cut, for B < used, and not used
up). No state of the cycle is on a switching surface; the eviction steps admit nothing because
used > B, not because used = B. The zeros of the post-fit states lie on the boundary of the cone
x >= 0, which the model never leaves, and stages below j are empty in every fit *whatever* the
perturbation: stage 0 after every execution, and those below j - 1 after fit j - 1. So there is a
neighbourhood of v in {x >= 0} and H in which l steps of the model *are* P^(i), exactly; in it the
perturbation of an empty stage can only be positive. How large it is, is not computed here, and
states off H join it at the first fit.

*Floquet multipliers.* t is a left eigenvector of P^(i) for 1, and t v = B > 0. So R^l is the direct
sum of the line through v and of ker t, both invariant. A perturbation within H lies in ker t; along
v one changes B, hence to another system. The multipliers are the l - 1 eigenvalues on ker t, the
zeros of det(lambda - P^(i)) / (lambda - 1): *one* factor lambda - 1 is removed, that of v; if 1
were a double eigenvalue, the other one would stay (and be neutral).

*Theorem* (derived here; the instability of level 0 is R5). P^(i) has exactly i multipliers 0, and
the other l - i - 1 are all outside the unit circle, for all s >= 0. So the worst cycle, level
l - 1, attracts, and every other level is unstable.

*Proof.* The range of P^(i), i >= 1, lies in V = {x_j = 0 for j < i}, so that P^(i) has i zeros more
than its restriction R to V, which has k = l - i cohorts as coordinates. In V every admission
completes the oldest cohort x, and every fit cuts the youngest one, y. Solved backwards,

    x = [(s + 1) admitted + the other k - 1 cohorts] / (s + l),
    y = [(s + j + 1) y' + the other k - 1 cohorts] / (s + j).

So R is invertible. k backward admissions replace all cohorts, each by a combination of all k with
positive coefficients, so that their product is a positive matrix. The backward fits before them
have no negative entry and no zero column. Hence R^(-1) is positive; as R^(-1) v = v with v > 0 on
V, Perron's theorem says that 1 is simple and every other eigenvalue of R^(-1) is inside. []

The determinants of the steps give the product of the l - i - 1 multipliers up to sign,
((s + l) / (s + 1))^(l-i-1) (s + l) / (s + i + 1).

*What this proves.* Level l - 1: P^(l-1) maps ker t to 0, for V is a line. Every state near v is on
the cycle, exactly, after at most one period: the cycle is reached in finitely many steps from
nearby. Only the local part is proved here; that all states but a null set get there, R6a and R6b,
is proved beside the simulator, by the cascade of cohorts. Levels 1 <= i < l - 1 are unstable, yet
not in all directions: the kernel of P^(i), of dimension i, holds perturbations that are captured
exactly (the null set of R6a). The eigenvectors of the others lie in V, where all cohorts are
positive: they are perturbations that the model can make.

References
----------
docs/model.md, R5, R6, R6a, R6b; [ADLS]. O. Perron, Math. Ann. 64 (1907), for positive matrices.
"""

from __future__ import annotations

from typing import Any

from sympy import QQ, Dummy, Expr, Matrix, Rational, Symbol
from sympy.polys.matrices import DomainMatrix

from ...errors import InvalidArgument
from ...model.numbers import NumberLike, whole_number
from ...model.symbolic import SymbolicWorkload
from ...model.workload import Workload
from .floquet import FloquetMultipliers
from .itinerary import itinerary_multipliers

__all__ = [
    "LONGEST_CYCLE",
    "LONGEST_SYMBOLIC_CYCLE",
    "admit_matrix",
    "fit_matrix",
    "floquet_multipliers",
    "level_state",
    "poincare_matrix",
]

LONGEST_CYCLE = 60
LONGEST_SYMBOLIC_CYCLE = 20
_INPUT = Symbol("s")


def admit_matrix(decode_length: int, input_length: NumberLike = _INPUT) -> Matrix:
    """Return M_1, the step that admits, on full memory.

    Parameters
    ----------
    decode_length : int
        l, in steps, from 1 to 60, or to 20 with a symbolic input.
    input_length : rational number or sympy.Expr
        s >= 0, in tokens; the symbol s by default.

    Returns
    -------
    sympy.Matrix
        l x l, stages ascending.

    Raises
    ------
    InvalidWorkload
        If a length is not admissible.
    InvalidArgument
        If l is beyond its bound.

    Notes
    -----
    The sign of a symbol is not checked. It is `state_matrix` of the class in token-balance form.

    References
    ----------
    docs/model.md, R6.

    Examples
    --------
    >>> admit_matrix(3)
    Matrix([
    [-1/(s + 1), -1/(s + 1), (s + 3)/(s + 1)],
    [         1,          0,               0],
    [         0,          1,               0]])
    """
    return _step_matrix(decode_length, 0, input_length)


def fit_matrix(decode_length: int, stage: int, input_length: NumberLike = _INPUT) -> Matrix:
    """Return M_2^(j), the step that evicts all stages below j and part of stage j, on full memory.

    Parameters
    ----------
    decode_length : int
        l, in steps, from 2 to 60, or to 20 with a symbolic input.
    stage : int
        The marginal stage j, from 1 to l - 1, after execution.
    input_length : rational number or sympy.Expr
        s >= 0, in tokens; the symbol s by default.

    Returns
    -------
    sympy.Matrix
        l x l, stages ascending; rows below j are zero.

    Raises
    ------
    InvalidWorkload
        If a length is not admissible.
    InvalidArgument
        If l is beyond its bound, or `stage` is not a stage from 1 on.

    References
    ----------
    docs/model.md, R6.

    Examples
    --------
    >>> fit_matrix(3, 1)
    Matrix([
    [              0,          0,               0],
    [(s + 1)/(s + 2), -1/(s + 2), (s + 3)/(s + 2)],
    [              0,          1,               0]])
    """
    _, length = _class(decode_length, input_length)
    stage = whole_number(stage, "'stage'", 1, length - 1)
    return _step_matrix(decode_length, stage, input_length)


def poincare_matrix(decode_length: int, level: int, input_length: NumberLike = _INPUT) -> Matrix:
    """Return P^(i) = M_2^(i) ... M_2^(1) M_1^(l-i), the map of l steps near the level i cycle.

    Parameters
    ----------
    decode_length : int
        l, in steps, from 1 to 60, or to 20 with a symbolic input.
    level : int
        i, from 0, the equilibrium, to l - 1, the worst cycle.
    input_length : rational number or sympy.Expr
        s >= 0, in tokens; the symbol s by default.

    Returns
    -------
    sympy.Matrix
        l x l, entries in lowest terms; acts on post-fit states, stages ascending.

    Raises
    ------
    InvalidWorkload
        If a length is not admissible.
    InvalidArgument
        If l or `level` is outside its domain.

    Notes
    -----
    Exact for states of full memory near the cycle; see the module for the neighbourhood.

    References
    ----------
    docs/model.md, R6.

    Examples
    --------
    >>> poincare_matrix(2, 1)
    Matrix([
    [              0, 0],
    [(s + 1)/(s + 2), 1]])
    >>> poincare_matrix(4, 2, 7) * level_state(4, 2, 7) == level_state(4, 2, 7)
    True
    """
    s, length = _class(decode_length, input_length)
    level = whole_number(level, "'level'", 0, length - 1)
    symbol = s if s.is_Symbol else Dummy("s")
    field = QQ if s.is_Rational else QQ.frac_field(symbol)
    value = field.from_sympy(s if s.is_Rational else symbol)
    rows = _period(length, level, value, field)
    matrix = DomainMatrix(rows, (length, length), field).to_Matrix()
    return matrix if s.is_Rational else matrix.applyfunc(lambda e: e.factor().xreplace({symbol: s}))


def level_state(decode_length: int, level: int, input_length: NumberLike = _INPUT) -> Matrix:
    """Return the post-fit state of the level i cycle, per token of capacity.

    Parameters
    ----------
    decode_length, level : int
        l and i, as in `poincare_matrix`.
    input_length : rational number or sympy.Expr
        s >= 0, in tokens; the symbol s by default.

    Returns
    -------
    sympy.Matrix
        The column c_i (0, ..., 0, i + 1, 1, ..., 1) at B = 1, in requests, stages ascending.

    Examples
    --------
    >>> level_state(3, 1, 0).T
    Matrix([[0, 2/7, 1/7]])
    """
    s, length = _class(decode_length, input_length)
    level = whole_number(level, "'level'", 0, length - 1)
    shape = [0] * level + [level + 1] + [1] * (length - level - 1)
    tokens = sum((count * (s + stage + 1) for stage, count in enumerate(shape)), Rational(0))
    return Matrix([count / tokens.expand() for count in shape])


def floquet_multipliers(
    decode_length: int, level: int, input_length: NumberLike, digits: int = 50
) -> FloquetMultipliers:
    """Return the Floquet multipliers of a level cycle, with exact counts and certified discs.

    Parameters
    ----------
    decode_length : int
        l, in steps, from 1 to 60.
    level : int
        i, from 0, the equilibrium, to l - 1, the worst cycle.
    input_length : rational number
        s >= 0, in tokens, in any form that `exact_rational` takes.
    digits : int
        The radius of each disc is at most 10^-digits |multiplier|; 1 to 100 000.

    Returns
    -------
    FloquetMultipliers
        The l - 1 eigenvalues of P^(i) on the perturbations that keep the token total.

    Raises
    ------
    InvalidWorkload
        If a length is not admissible.
    InvalidArgument
        If l, `level` or `digits` is outside its domain.

    Notes
    -----
    They are those of the cycle's itinerary, whose affine maps are P^(i) on H. The counts come from
    the Schur-Cohn recursion and the self-reciprocal part, the discs from FLINT's isolation; the
    theorem of the module predicts the counts, and is not used. The verdict is local. Level 0 at
    l = 60 takes 2 s for s = 0, 20 s for an s of ten digits.

    References
    ----------
    docs/model.md, R6, R6a.

    Examples
    --------
    >>> near = floquet_multipliers(3, 1, 1)  # (3 lambda - 8) lambda
    >>> near.coefficients, near.inside, near.outside, near.verdict
    ((3, -8, 0), 1, 1, 'repelling')
    >>> floquet_multipliers(3, 2, 1).verdict
    'attracting'
    """
    mix = Workload.from_classes([(input_length, decode_length)])
    _check_length(mix.longest_decode, LONGEST_CYCLE)
    level = whole_number(level, "'level'", 0, mix.longest_decode - 1)
    itinerary = [0] * (mix.longest_decode - level) + list(range(1, level + 1))
    return itinerary_multipliers(mix, itinerary, digits)


def _period(length: int, level: int, s: Any, field: Any) -> list[list[Any]]:
    """Return the rows of P, over a field of which s is an element, step by step."""
    rows = [[field(int(m == n)) for n in range(length)] for m in range(length)]
    for stage in [0] * (length - level) + list(range(1, level + 1)):
        weights = _marginal_row(length, stage, s)
        marginal = [
            sum((w * x for w, x in zip(weights, column, strict=True)), field(0))
            for column in zip(*rows, strict=True)
        ]
        empty = [[field(0)] * length for _ in range(stage)]
        rows = [*empty, marginal, *rows[stage:-1]]
    return rows


def _marginal_row(length: int, stage: int, s: Any) -> list[Any]:
    """Return row j of M_2^(j), or the first of M_1 for j = 0: the tokens freed, in requests."""
    evicted = [s + m + 1 for m in range(stage)]
    grown = [s * 0 - 1] * (length - 1 - stage)
    return [tokens / (s + stage + 1) for tokens in [*evicted, *grown, s + length]]


def _step_matrix(decode_length: int, stage: int, input_length: Any) -> Matrix:
    s, length = _class(decode_length, input_length)
    matrix = Matrix.zeros(length, length)
    for m, weight in enumerate(_marginal_row(length, stage, s)):
        matrix[stage, m] = weight
    for m in range(stage + 1, length):
        matrix[m, m - 1] = 1
    return matrix


def _class(decode_length: Any, input_length: Any) -> tuple[Expr, int]:
    """Return s and l, checked."""
    mix = SymbolicWorkload.from_classes([(input_length, decode_length, 1)])
    s, length = mix.classes[0].input_length, mix.longest_decode
    _check_length(length, LONGEST_CYCLE if s.is_Rational else LONGEST_SYMBOLIC_CYCLE)
    return s, length


def _check_length(length: int, most: int) -> None:
    if length > most:
        raise InvalidArgument(
            f"'decode_length' must be at most {most} steps for this input length, not {length}."
        )
