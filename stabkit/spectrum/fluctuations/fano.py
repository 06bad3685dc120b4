"""The Fano factor: how much the admissions of a stable finite server swing (R13).

A full memory is a sum of whole requests, of which the fluid keeps the mean alone. With
Y(m) = (S + m + 1) 1{T > m} the tokens of a request m steps after its admission and
X(theta) = sum_m Y(m) e^(i m theta), the deviations u_n of the admissions from a* obey, while the
memory is full and nothing is evicted,

    sum_m g_m u_(n-m) = -xi_n,   xi_n the sum of Y(m) - g_m over the requests in service,

up to what is small beside sqrt(a*). Cohorts are independent, and so xi has the spectral density
a* (E|X|^2 - |E X|^2). As G = E X has no zero in |z| <= 1, its inverse has an absolutely summable
expansion: per a*, u has the density E|X|^2 / |E X|^2 - 1, and

    V = (1 / 2 pi) int E|X|^2 / |E X|^2 d theta - 1,   Var a_n ~ V a*   as a* -> infinity.

V is the *Fano factor* of the admissions. A mix of one class has none of this noise: V = 0.

For numbers it is found as every variance is (`variance`). In symbols the system of linear equations

    sum_i (g_(i+k) y_i + g_i y_(i+k)) = N_k,  0 <= k < L,   V = 2 y_0 / g_0 - 1

is solved over the field of fractions: N = G Y~ + G~ Y, so that N / |G|^2 is Y / G and its mirror
image, each of mean y_0 / g_0. V is rational in inputs and shares, without a pole where the mix is
stable. At the boundary of the stable region it grows like 1 / distance. There the admissions have
no stationary variance, and in an unstable mix neither, though the integral may exist.

References
----------
docs/model.md, R13; F. J. Anscombe, "Large-sample theory of sequential estimation", Proc. Cambridge
Philos. Soc. 48 (1952).
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from sympy import Expr, Integer, factor
from sympy.polys.constructor import construct_domain
from sympy.polys.matrices import DomainMatrix

from ...errors import InvalidWorkload
from ...model.kernel import MemoryKernel
from ...model.notation import WorkloadLike, as_workload
from ...model.polynomials import memory_kernel
from ...model.symbolic import SymbolicWorkload
from ..counting.counts import kernel_counts
from .joint_law import JointLaw
from .observables import density_of
from .variance import Variance, Variances

__all__ = ["fano_factor"]

_LONGEST_SYMBOLIC = 10  # steps: a system of ten equations in two symbols takes seconds


def fano_factor(mix: WorkloadLike | SymbolicWorkload) -> Variance | Expr:
    """Return the variance of the admissions per step over their mean, for a large stable server.

    Parameters
    ----------
    mix : WorkloadLike or SymbolicWorkload
        Of single requests: inputs that are means of several requests have lost what V depends on.
        With L at most 10 if it is symbolic, and 2^20 otherwise.

    Returns
    -------
    Fraction, RealEnclosure or sympy.Expr
        Dimensionless. Exact for short kernels, up to about a hundred terms; else an enclosure. In
        symbols, where it is a variance only at stable values of them.

    Raises
    ------
    InvalidWorkload
        If the mix has several classes and is not proved stable, so that V is not a variance; if its
        inputs are means; if it is too long, or too close to the boundary for an enclosure.

    Notes
    -----
    V = (1 / 2 pi) int E|X|^2 / |E X|^2 d theta - 1. The variance at a finite a* is V a* up to what
    grows more slowly (`stabkit.fluctuations` has the next term): V says nothing about evictions. A
    mix of one class has V = 0, whatever its verdict.

    References
    ----------
    docs/model.md, R13.

    Examples
    --------
    >>> from sympy import symbols
    >>> fano_factor("10:3 10:5")
    Fraction(2191793, 47975)
    >>> s, p = symbols("s p", positive=True)
    >>> fano_factor(SymbolicWorkload.from_classes([(s, 1, p), (s, 2, 1 - p)]))
    p*(p - 1)*(s + 2)**2/((p*s + 2*p - 1)*(p*s + 2*p - 2*s - 3))
    """
    if isinstance(mix, SymbolicWorkload):
        return _in_symbols(mix)
    mix = as_workload(mix)
    law = JointLaw.of(mix)
    if law.is_certain:
        return Fraction(0)
    kernel = MemoryKernel.of(mix)
    counts = kernel_counts(kernel)
    if counts.verdict != "stable":
        raise InvalidWorkload(
            f"'mix' must be stable for a Fano factor, not {counts.verdict}: {counts.reason}"
        )
    found = Variances.of(kernel)(density_of("admissions", law))
    if found is None:
        raise InvalidWorkload(
            "'mix' must have L up to 2^20 and modes farther from the unit circle for an enclosure "
            f"of its Fano factor, not L = {kernel.length} and these."
        )
    return found


def _in_symbols(mix: SymbolicWorkload) -> Expr:
    if mix.longest_decode > _LONGEST_SYMBOLIC:
        raise InvalidWorkload(
            f"'decode_length' must be at most {_LONGEST_SYMBOLIC} steps for a Fano factor in "
            f"symbols, not {mix.longest_decode}."
        )
    size = mix.longest_decode
    sums = [_autocovariance_sum(mix, k) for k in range(size)]
    field, elements = construct_domain([*memory_kernel(mix), *sums], field=True)
    g, n = elements[:size], elements[size:]
    rows = [
        [_entry(g, i + k, field) + _entry(g, i - k, field) for i in range(size)]
        for k in range(size)
    ]
    right = DomainMatrix([[element] for element in n], (size, 1), field)
    solution = DomainMatrix(rows, (size, size), field).lu_solve(right)
    first = solution[0, 0].element
    return factor(field.to_sympy(field.from_sympy(Integer(2)) * first / g[0] - field.one))


def _autocovariance_sum(mix: SymbolicWorkload, lag: int) -> Expr:
    """Return N_k = E sum_(j=1)^(T-k) (S + j) (S + j + k)."""
    return sum(
        (
            c.share * (c.input_length + j) * (c.input_length + j + lag)
            for c, n in zip(mix.classes, mix.decode_lengths, strict=True)
            for j in range(1, n - lag + 1)
        ),
        Integer(0),
    )


def _entry(kernel: list[Any], index: int, field: Any) -> Any:
    return kernel[index] if 0 <= index < len(kernel) else field.zero
