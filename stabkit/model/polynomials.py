"""The polynomials of a workload, as sympy objects: everything else is computed from these.

With the memory kernel g_m and the survival function S_m, 0 <= m < L,

    characteristic polynomial   F(lambda) = sum_m g_m lambda^(L-1-m),
    generating function         G(z)      = sum_m g_m z^m,  F(lambda) = lambda^(L-1) G(1/lambda),
    survival polynomial         A(lambda) = sum_m S_m lambda^(L-1-m).

The eviction-free equilibrium is locally asymptotically stable if and only if every root of F lies
in |lambda| < 1. For a common input length s, F = (s + L) A - lambda A' (R2), and A is the limit of
F/(s + 1) as s grows; every root of A lies in |lambda| <= 1 (R1).

Every function takes a `Workload`, and then works from its `MemoryKernel` over the rationals, or a
`SymbolicWorkload`, and then works over the polynomials (or rational functions) in its symbols.

References
----------
docs/model.md, Kernel, Survival; [ADLS] sections 3 and 4.
"""

from __future__ import annotations

from typing import Literal, TypeAlias, get_args

from sympy import (
    EX,
    QQ,
    CoercionFailed,
    Expr,
    Integer,
    Poly,
    Rational,
    Symbol,
    cancel,
    expand,
    factor,
)

from ..errors import InvalidWorkload, check_choice
from .kernel import MemoryKernel
from .notation import WorkloadLike, as_workload
from .symbolic import LAMBDA, SymbolicWorkload, Z
from .workload import Workload

__all__ = [
    "LONGEST_POLYNOMIAL",
    "AnyWorkload",
    "as_mix",
    "characteristic_polynomial",
    "closed_form",
    "common_input_form",
    "factored_kernel",
    "generating_function",
    "memory_kernel",
    "survival_polynomial",
]

AnyWorkload: TypeAlias = Workload | SymbolicWorkload
Weights: TypeAlias = Literal["share", "memory"]
LONGEST_POLYNOMIAL = 10**6


def memory_kernel(mix: WorkloadLike | SymbolicWorkload) -> list[Expr]:
    """Return the memory kernel g_0, ..., g_{L-1}.

    Parameters
    ----------
    mix : WorkloadLike or SymbolicWorkload
        With L at most 10^6: the list is dense. `closed_form` has no bound.

    Returns
    -------
    list of sympy.Rational
        In tokens, g_m at index m; expanded expressions for a symbolic mix.

    Raises
    ------
    InvalidWorkload
        If L is beyond the bound, or a decode length is a symbol.

    Notes
    -----
    g_m = sum_k p_k (s_k + m + 1) 1{m < l_k}.

    Examples
    --------
    >>> memory_kernel(Workload.from_classes([(5, 1), (5, 3)]))
    [6, 7/2, 4]
    """
    mix = _dense(mix)
    if isinstance(mix, Workload):
        kernel = MemoryKernel.of(mix)
        return [Rational(c, kernel.denominator) for c in kernel.coefficients]
    survival, held = _symbolic_sums(mix)
    return [expand(t + (m + 1) * w) for m, (w, t) in enumerate(zip(survival, held, strict=True))]


def factored_kernel(mix: WorkloadLike | SymbolicWorkload) -> list[Expr]:
    """Return g_0, ..., g_{L-1} as `memory_kernel` does, each as a product where it is one.

    >>> factored_kernel(SymbolicWorkload.shape_of(Workload.from_classes([(5, 1), (5, 3)])))
    [s + 1, -(p - 1)*(s + 2), -(p - 1)*(s + 3)]
    """
    return [factor(g) for g in memory_kernel(mix)]


def characteristic_polynomial(mix: WorkloadLike | SymbolicWorkload) -> Poly:
    """Return the characteristic polynomial F in lambda, of degree L - 1.

    Parameters
    ----------
    mix : WorkloadLike or SymbolicWorkload
        With L at most 10^6.

    Returns
    -------
    sympy.Poly
        Over QQ, leading coefficient g_0; over QQ[symbols] for a symbolic mix.

    Notes
    -----
    F = sum_m g_m lambda^(L-1-m), not made monic.

    Examples
    --------
    >>> characteristic_polynomial(Workload.from_classes([(5, 1), (5, 3)]))
    Poly(6*lambda**2 + 7/2*lambda + 4, lambda, domain='QQ')
    """
    mix = _dense(mix)
    return _polynomial(mix, memory_kernel(mix), LAMBDA)


def generating_function(mix: WorkloadLike | SymbolicWorkload) -> Poly:
    """Return the generating function G of the memory kernel, in z, of degree L - 1.

    Parameters
    ----------
    mix : WorkloadLike or SymbolicWorkload
        With L at most 10^6.

    Returns
    -------
    sympy.Poly
        Over QQ, or over QQ[symbols] for a symbolic mix.

    Examples
    --------
    >>> generating_function(Workload.from_classes([(5, 1), (5, 3)]))
    Poly(4*z**2 + 7/2*z + 6, z, domain='QQ')
    """
    mix = _dense(mix)
    return _polynomial(mix, memory_kernel(mix)[::-1], Z)


def survival_polynomial(mix: WorkloadLike | SymbolicWorkload, weights: Weights = "share") -> Poly:
    """Return the survival polynomial A in lambda.

    Parameters
    ----------
    mix : WorkloadLike or SymbolicWorkload
        With L at most 10^6.
    weights : {"share", "memory"}
        ``"memory"`` weighs class k by p_k s_k / sum_j p_j s_j instead of p_k: the limit of F/g_0 as
        the inputs grow in proportion (R1b). Classes without input then drop out, but the exponents
        remain those of the whole mix.

    Returns
    -------
    sympy.Poly
        sum_m S_m lambda^(L-1-m), of degree L - 1 and monic.

    Raises
    ------
    InvalidWorkload
        If L is beyond the bound, a decode length is a symbol, or `weights` is ``"memory"`` and no
        class has any input.
    InvalidArgument
        If `weights` is neither.

    References
    ----------
    R1, R1b.

    Examples
    --------
    >>> survival_polynomial(Workload.from_classes([(5, 2), (5, 4)])).factor_list()[1]
    [(Poly(lambda + 1, lambda, domain='QQ'), 1),
     (Poly(2*lambda**2 + 1, lambda, domain='QQ'), 1)]
    """
    check_choice(weights, "'weights'", get_args(Weights))
    mix = _dense(mix)
    survival, held = _sums(mix)
    if weights == "share":
        return _polynomial(mix, survival, LAMBDA)
    if expand(held[0]) == 0:
        raise InvalidWorkload("'input_length' must be positive for some class, not 0 for all.")
    return _polynomial(mix, [cancel(t / held[0]) for t in held], LAMBDA)


def closed_form(mix: WorkloadLike | SymbolicWorkload) -> Expr:
    """Return (1 - z)^2 G(z), sparse: 2K + 2 terms at most, whatever the decode lengths.

    Parameters
    ----------
    mix : WorkloadLike or SymbolicWorkload
        Decode lengths may be symbols, and there is no bound on L.

    Returns
    -------
    sympy.Expr
        In z. Not a `Poly`: that would be dense.

    Notes
    -----
    sum_k p_k [(s_k + 1) - s_k z - (s_k + l_k + 1) z^(l_k) + (s_k + l_k) z^(l_k + 1)].

    Examples
    --------
    >>> from sympy import symbols
    >>> s, l = symbols("s l", integer=True, positive=True)
    >>> closed_form(SymbolicWorkload.from_classes([(s, l, 1)]))
    -s*z + s - z**l*(l + s + 1) + z**(l + 1)*(l + s) + 1
    """
    mix = as_mix(mix)
    if isinstance(mix, Workload):
        kernel = MemoryKernel.of(mix)
        terms = (Rational(c, kernel.denominator) * Z**m for m, c in kernel.closed_form.items())
        return sum(terms, Integer(0))
    total = Integer(0)
    for c in mix.classes:
        s, n = c.input_length, c.decode_length
        total += c.share * ((s + 1) - s * Z - (s + n + 1) * Z**n + (s + n) * Z ** (n + 1))
    return total


def common_input_form(mix: WorkloadLike | SymbolicWorkload) -> Poly:
    """Return (s + L) A - lambda A', which is F for a common input length s (R2).

    Parameters
    ----------
    mix : WorkloadLike or SymbolicWorkload
        Of one input length, with L at most 10^6.

    Returns
    -------
    sympy.Poly
        As `characteristic_polynomial` gives it, by another route.

    Raises
    ------
    InvalidWorkload
        If the input lengths differ, or as in `memory_kernel`.

    Examples
    --------
    >>> mix = Workload.from_classes([(5, 2), (5, 3)])
    >>> characteristic_polynomial(mix) == common_input_form(mix)
    True
    """
    mix = _dense(mix)
    s = mix.common_input_length
    if s is None:
        raise InvalidWorkload("'input_length' must be the same for all classes, not different.")
    survival = survival_polynomial(mix)
    shift = s if isinstance(s, Expr) else Rational(s.numerator, s.denominator)
    scale = _polynomial(mix, [shift + mix.longest_decode], LAMBDA)
    return scale * survival - Poly(LAMBDA, LAMBDA) * survival.diff(LAMBDA)


def _sums(mix: AnyWorkload) -> tuple[list[Expr], list[Expr]]:
    """Return P(T > m) and E[S 1{T > m}] for 0 <= m < L: g_m is the second plus m + 1 firsts."""
    if isinstance(mix, SymbolicWorkload):
        return _symbolic_sums(mix)
    kernel = MemoryKernel.of(mix)
    scale, survival = kernel.denominator, kernel.survival
    pairs = zip(kernel.coefficients, survival, strict=True)
    held = [g - (m + 1) * w for m, (g, w) in enumerate(pairs)]
    return [Rational(w, scale) for w in survival], [Rational(t, scale) for t in held]


def _symbolic_sums(mix: SymbolicWorkload) -> tuple[list[Expr], list[Expr]]:
    survival: list[Expr] = []
    held: list[Expr] = []
    lengths = mix.decode_lengths
    for stop in sorted(set(lengths)):
        alive = [c for c, n in zip(mix.classes, lengths, strict=True) if n >= stop]
        repeats = stop - len(survival)
        survival += [expand(sum(c.share for c in alive))] * repeats
        held += [expand(sum(c.share * c.input_length for c in alive))] * repeats
    return survival, held


def _polynomial(mix: AnyWorkload, coefficients: list[Expr], variable: Symbol) -> Poly:
    """Return the polynomial, highest power first, over QQ, QQ[symbols] or QQ(symbols).

    Shares such as sqrt(a) belong to none of these; then the domain is sympy's EX.
    """
    symbols = mix.symbols if isinstance(mix, SymbolicWorkload) else ()
    domains = (QQ[symbols], QQ.frac_field(*symbols)) if symbols else (QQ,)
    for domain in domains:
        try:
            return Poly(coefficients, variable, domain=domain)
        except CoercionFailed:
            continue
    return Poly(coefficients, variable, domain=EX)


def _dense(mix: WorkloadLike | SymbolicWorkload) -> AnyWorkload:
    found = as_mix(mix)
    if found.longest_decode > LONGEST_POLYNOMIAL:
        raise InvalidWorkload(
            f"'decode_length' must be at most 10^6 steps for a dense polynomial, "
            f"not {found.longest_decode}."
        )
    return found


def as_mix(mix: WorkloadLike | SymbolicWorkload) -> AnyWorkload:
    """Return a symbolic workload as it is, and all else as `as_workload` has it."""
    return mix if isinstance(mix, SymbolicWorkload) else as_workload(mix)
