"""The eviction-free step as a matrix on the stage counts, in two forms.

The state is x_k^(j), the requests of class k that have done j decode steps, 0 <= j < l_k. Every
step moves stage j to j + 1 and fills stage 0 with the admissions, which split by p_k. Only the rows
of stage 0 tell the forms apart:

*Affine.* The survivors, stages j < l_k - 1, need s_k + j + 2 tokens each in the next execution, and
an admission needs g_0 = sum_k p_k (s_k + 1), so that memory is full when

    x_k^(0)(n+1) = p_k (B - sum_k' sum_(j < l_k' - 1) (s_k' + j + 2) x_k'^(j)(n)) / g_0.

Its linear part has the characteristic polynomial lambda^(N - L + 1) F(lambda) / g_0, N = sum_k l_k.

*Token balance.* Memory was full before the step as well, B = sum_k sum_j (s_k + j + 1) x_k^(j).
Put into the affine form, B drops out: the admitted tokens are what the completed requests held less
one token of growth per survivor,

    x_k^(0)(n+1) = p_k / g_0 sum_k' [(s_k' + l_k') x_k'^(l_k'-1)(n) - sum_(j<l_k'-1) x_k'^(j)(n)].

This map is linear, and the total of tokens is conserved: one of the zeros above becomes the
eigenvalue 1, whose eigenvector is the equilibrium, and the characteristic polynomial is
lambda^(N - L) (lambda - 1) F(lambda) / g_0.

References
----------
docs/model.md, State space; [ADLS] section 3.
"""

from __future__ import annotations

from typing import Literal, get_args

from sympy import Expr, Matrix, Poly, Rational, SparseMatrix

from ..errors import InvalidWorkload, check_choice
from .notation import WorkloadLike
from .polynomials import AnyWorkload, as_mix, characteristic_polynomial
from .symbolic import LAMBDA, SymbolicWorkload
from .workload import Workload

__all__ = ["LARGEST_STATE", "state_characteristic_polynomial", "state_matrix"]

LARGEST_STATE = 1000
Form = Literal["affine", "token-balance"]


def state_matrix(mix: WorkloadLike | SymbolicWorkload, form: Form = "affine") -> Matrix:
    """Return the matrix of the eviction-free step on the N = sum_k l_k stage counts.

    Parameters
    ----------
    mix : WorkloadLike or SymbolicWorkload
        With N at most 1000.
    form : {"affine", "token-balance"}
        The linear part of the affine map, or the linear map that conserves tokens.

    Returns
    -------
    sympy.Matrix
        N x N; the new counts are the matrix times the old ones. Ordered class by class, in the
        order of the mix, stages ascending.

    Raises
    ------
    InvalidWorkload
        If N is beyond the bound, or a decode length is a symbol.
    InvalidArgument
        If `form` is neither.

    Examples
    --------
    >>> mix = Workload.from_classes([(5, 1), (5, 3)])
    >>> state_matrix(mix, "token-balance")
    Matrix([
    [1/2, -1/12, -1/12, 2/3],
    [1/2, -1/12, -1/12, 2/3],
    [  0,     1,     0,   0],
    [  0,     0,     1,   0]])
    >>> state_matrix(mix).charpoly() == state_characteristic_polynomial(mix)
    True
    """
    mix = as_mix(mix)
    _check(mix, form)
    classes = _classes(mix)
    fill = [weight for s, n, _ in classes for weight in _fill(s, n, form)]
    first = sum(p * (s + 1) for s, _, p in classes)
    entries: dict[tuple[int, int], Expr] = {}
    row = 0
    for _, length, share in classes:
        for column, weight in enumerate(fill):
            entries[row, column] = share * weight / first
        for stage in range(1, length):
            entries[row + stage, row + stage - 1] = Rational(1)
        row += length
    return Matrix(SparseMatrix(row, row, entries))


def state_characteristic_polynomial(
    mix: WorkloadLike | SymbolicWorkload, form: Form = "affine"
) -> Poly:
    """Return the characteristic polynomial that `state_matrix` must have, from F.

    Parameters
    ----------
    mix : WorkloadLike or SymbolicWorkload
        With N = sum_k l_k at most 1000.
    form : {"affine", "token-balance"}
        Which of the two matrices.

    Returns
    -------
    sympy.Poly
        Monic in lambda, of degree N = sum_k l_k: lambda^(N - L + 1) F / g_0 (affine) or
        lambda^(N - L) (lambda - 1) F / g_0 (token balance).

    Examples
    --------
    >>> mix = Workload.from_classes([(5, 1), (5, 3)])
    >>> state_characteristic_polynomial(mix, "token-balance").eval(1)
    0
    """
    mix = as_mix(mix)
    _check(mix, form)
    spare = sum(_lengths(mix)) - mix.longest_decode
    last = LAMBDA if form == "affine" else LAMBDA - 1
    monic = characteristic_polynomial(mix).to_field().monic()
    return monic * Poly(LAMBDA**spare, LAMBDA) * Poly(last, LAMBDA)


def _fill(s: Expr, length: int, form: Form) -> list[Expr]:
    """Return the tokens that each request in stage 0, ..., length - 1 frees for admissions."""
    if form == "affine":
        return [-(s + stage + 2) for stage in range(length - 1)] + [Rational(0)]
    return [Rational(-1)] * (length - 1) + [s + length]


def _classes(mix: AnyWorkload) -> list[tuple[Expr, int, Expr]]:
    """Return (s_k, l_k, p_k) of every class, in sympy's numbers."""
    if isinstance(mix, Workload):
        return [
            (
                Rational(c.input_length.numerator, c.input_length.denominator),
                c.decode_length,
                Rational(c.share.numerator, c.share.denominator),
            )
            for c in mix.classes
        ]
    lengths = mix.decode_lengths
    return [(c.input_length, n, c.share) for c, n in zip(mix.classes, lengths, strict=True)]


def _lengths(mix: AnyWorkload) -> tuple[int, ...]:
    if isinstance(mix, Workload):
        return tuple(c.decode_length for c in mix.classes)
    return mix.decode_lengths


def _check(mix: AnyWorkload, form: Form) -> None:
    check_choice(form, "'form'", get_args(Form))
    size = sum(_lengths(mix))
    if size > LARGEST_STATE:
        raise InvalidWorkload(
            f"the decode lengths must sum to at most {LARGEST_STATE} for a matrix, not {size}."
        )
