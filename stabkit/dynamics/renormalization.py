"""Renormalisation: a mix whose requests march in step is a smaller mix, watched less often.

Let d divide all decode lengths, and let a state be supported on one residue class of stages mod d.
Watch it every d steps, when it is in stages -1 mod d, about to complete requests: stage
(i + 1) d - 1 then is stage i of the *renormalised* mix, of

    input s_k / d,    decode length l_k / d,    share p_k,    capacity B / d,

for a request there holds s_k + (i + 1) d tokens, d times s_k / d + i + 1.

*Theorem* (R10; sharpened here to every state of the renormalised mix, evicting ones included). Over
d steps such a state becomes what one step makes of it in the renormalised mix.

*Proof.* In the first of the d steps requests complete, the same ones as in the renormalised step,
and in no other. Let U be what the old survivors need at the last of them, when they are in stages
-1 mod d again. Before, they need less, one token each and step. So in the first step the free
memory is at least B - U, and an admission takes sum p_k (s_k + 1) tokens, at most the
sum p_k (s_k + d) that it will take in the end. Afterwards every step either evicts or leaves the
memory full: it grows with each request in service, and none completes. If U <= B, the old ones are
never evicted, for the newcomers are younger and the old ones fit to the end; the newcomers are cut
to fill B - U exactly, and they were enough: (B - U) / sum p_k (s_k + d) requests, the admission of
the renormalised step. If U > B, all newcomers are evicted in the end, since the old ones alone do
not fit, and the old ones are cut, youngest first and no further than the last step needs: what
fits at the last step fitted before. That is the eviction of the renormalised step. []

*Synchronised cycle.* The equilibrium of the renormalised mix is a cycle of period d: that of the
necklace (d, ..., d), see `stabkit.dynamics.necklaces`. In the same way any periodic orbit of the
renormalised mix, of period N, is one of period d N.

*Attraction* (derived here). Let d = g be the gcd, and take states near the synchronised cycle,
synchronised or not. In steps 2, ..., g of a round the memory exceeds B by the requests in service,
less what a few stray completions free: still an eviction, of newcomers only. So nothing is admitted
out of step, strays are gone after L steps, and the distance within the residue class obeys the
renormalised mix. Hence the Floquet multipliers over g steps are the roots of the *renormalised*
characteristic polynomial, and zeros: the synchronised cycle attracts all nearby states if the
renormalised mix is stable, and repels if it is unstable. (How far "nearby" reaches is not said.)

References
----------
docs/model.md, R10, R12.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from ..errors import InvalidArgument, shown
from ..model.notation import WorkloadLike, as_workload
from ..model.numbers import whole_number
from ..model.workload import Workload

__all__ = ["renormalized", "synchronized_loss", "unrenormalized"]


def renormalized(mix: WorkloadLike, divisor: int | None = None) -> Workload:
    """Return the mix that the synchronised states of `mix` obey, watched every d steps.

    Parameters
    ----------
    mix : WorkloadLike
    divisor : int, optional
        d >= 1, a divisor of all decode lengths; their gcd by default.

    Returns
    -------
    Workload
        Inputs s_k / d, decode lengths l_k / d, the same shares, capacity B / d; no capacity if
        `mix` has none (each is then simulated at its own a* = 1).

    Raises
    ------
    InvalidArgument
        If `divisor` is not such a divisor.

    References
    ----------
    docs/model.md, R10.

    Examples
    --------
    R12's mix is what becomes of one of gcd 2:

    >>> reduced = renormalized(Workload.from_classes([(0, 12, 2), (10, 2, 3)]))
    >>> [(str(c.input_length), c.decode_length, str(c.share)) for c in reduced.classes]
    [('0', 6, '2/5'), ('5', 1, '3/5')]
    """
    mix = as_workload(mix)
    d = _divisor(mix, divisor)
    return Workload.from_classes(
        [(c.input_length / d, c.decode_length // d, c.share) for c in mix.classes],
        None if mix.capacity is None else mix.capacity / d,
        f"{mix.name}, renormalised by {d}",
    )


def unrenormalized(cohorts: Sequence[Fraction], length: int, divisor: int) -> tuple[Fraction, ...]:
    """Return the cohorts of the original mix that stand for cohorts of the renormalised one.

    * `cohorts` (sequence of L / d Fractions): y'_i of the renormalised mix, youngest first, in
      requests.
    * `length`: L, the longest decode length of the original.
    * `divisor`: d.

    y_((i + 1) d - 1) = y'_i, and 0 elsewhere: about to complete.

    >>> [str(y) for y in unrenormalized([Fraction(3), Fraction(2)], 4, 2)]
    ['0', '3', '0', '2']
    """
    if length != divisor * len(cohorts):
        raise InvalidArgument(f"'cohorts' must be {length // divisor} numbers, not {len(cohorts)}.")
    return tuple(y for size in cohorts for y in (*[Fraction(0)] * (divisor - 1), size))


def synchronized_loss(mix: WorkloadLike, divisor: int | None = None) -> Fraction:
    """Return the share of the equilibrium's throughput that the synchronised cycle loses.

    Parameters
    ----------
    mix : WorkloadLike
    divisor : int, optional
        d >= 1, a divisor of all decode lengths; their gcd g by default.

    Returns
    -------
    Fraction
        (d - 1) mu / (2 d sum_k p_k sum_(i < l_k/d) (s_k + (i + 1) d)), requests and tokens alike;
        0 for d = 1 and below 1/2.

    Raises
    ------
    InvalidArgument
        If `divisor` is not a divisor of all decode lengths.

    References
    ----------
    docs/model.md, R10.

    Examples
    --------
    >>> synchronized_loss(Workload.from_classes([(5, 3), (5, 6)]))
    Fraction(1, 9)
    """
    mix = as_workload(mix)
    d = _divisor(mix, divisor)
    held = Fraction(0)
    for c in mix.classes:
        rounds = c.decode_length // d
        held += c.share * (rounds * c.input_length + d * (rounds * (rounds + 1) // 2))
    return (d - 1) * mix.mean_decode_length / (2 * d * held)


def _divisor(mix: Workload, divisor: int | None) -> int:
    factor = mix.gcd
    if divisor is None:
        return factor
    divisor = whole_number(divisor, "'divisor'")
    if factor % divisor:
        raise InvalidArgument(
            f"'divisor' must divide the gcd of the decode lengths, {factor}, not {shown(divisor)}."
        )
    return divisor
