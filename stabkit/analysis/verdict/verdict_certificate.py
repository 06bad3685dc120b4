"""A verdict as data that anyone can check: ``stabkit_check.py`` reads it, and needs Python alone.

A certificate holds *claims*, each about a mix: its counts of modes, and what proves them. The first
is about the mix itself; then come those with a common input on both sides of the last crossings, so
that the checker proves that the number of growing modes changes between them.

* *Recursion*: that of Schur and Cohn, for kernels of up to 40 terms. It needs no data.
* *Arcs*: the half circle in arcs whose middles have boxes that hold W(t) = z^-c G(z), for longer
  ones and where the recursion has a singular step.

Zeros on the circle are split off as factors, of which the checker proves that they have no others.
For a stable mix of a short kernel there are also the steps that evict on the way from empty, if
R22 proves that the run then converges. The numbers come from the checker's own functions; which
arcs, how many digits and how many steps are needed is found here. What is then true, the checker
decides.

References
----------
docs/certificates.md; docs/model.md, Stability.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from math import ceil, floor, gcd, isqrt
from typing import Any

import mpmath
from flint import fmpz_poly

import stabkit_check

from ...errors import InvalidArgument, check_length
from ...model.kernel import MemoryKernel
from ...model.notation import WorkloadLike, as_workload
from ...model.numbers import LARGEST_INPUT_LENGTH
from ...model.verdict import Verdict
from ...model.workload import Workload
from ...records import Record
from ...spectrum.counting.counts import unit_circle_counts
from ...spectrum.counting.schur_cohn import schur_cohn_steps
from ...spectrum.counting.self_reciprocal import self_reciprocal_part
from ...spectrum.partition.threshold import threshold
from ...spectrum.roots.roots import roots

__all__ = ["CertifiedClaim", "VerdictCertificate", "certify", "prove_by_arcs"]

LONGEST = 10_000
_CHAIN = 40  # terms of a kernel that is reduced step by step, and whose roots are listed
_DIGITS = 40
_RADIUS = Fraction(1, 10**25)
_NEAR = 10**12  # one over what a sample may be away from a crossing
_LONGEST_NUMBER = 10_000  # bits, in a chain and in a run
_MOST_CROSSINGS = 8
_POINTS = 64  # of the first arcs, for each term
_SMALLEST = 8  # units that a value must be away from 0
_FIRST_BITS, _MOST_BITS = 30, 1000  # of a box, relative to G(1)
_MOST_TERMS = 10**8  # of G, in the middles of arcs: about a minute


@dataclass(frozen=True, repr=False)
class CertifiedClaim(Record):
    """What is claimed of one mix, and what proves it.

    Attributes
    ----------
    name : str
    mix : tuple of (Fraction, int, Fraction)
        Input, decode length and share.
    modes : tuple of int
        Modes inside, on and outside of the unit circle.
    verdict : {"stable", "unstable", "marginal"}
    circle : tuple of tuple of int
        Factors of G with all their zeros on the circle, as often as they divide it; coefficients
        ascending.
    rest : tuple of int
        What is left of G, without zeros on the circle; empty where it is G.
    winding : dict or None
        The arcs, as the checker's function takes them; None where it computes the recursion.
    steps : int
        Steps from empty, and of the response, in which R22's condition is met; 0 if it is not
        claimed.
    evicting : tuple of int, or None
        All steps that evict from empty, before the run converges; None if that is not claimed.
    discs : tuple of (Fraction, Fraction, Fraction)
        Real part, imaginary part >= 0 and radius of discs with one root each, for short kernels;
        clusters of roots are left out.

    Examples
    --------
    >>> from stabkit import certify
    >>> claim = certify("5:3 5:5").claims[0]
    >>> claim.modes, claim.winding, len(claim.discs)
    ((2, 0, 2), None, 2)
    >>> certify("9:2 9:3").claims[0].evicting
    (1,)
    """

    name: str
    mix: tuple[tuple[Fraction, int, Fraction], ...]
    modes: tuple[int, int, int]
    verdict: Verdict
    circle: tuple[tuple[int, ...], ...]
    rest: tuple[int, ...]
    winding: dict[str, Any] | None
    steps: int
    evicting: tuple[int, ...] | None
    discs: tuple[tuple[Fraction, Fraction, Fraction], ...]


@dataclass(frozen=True, repr=False)
class VerdictCertificate(Record):
    """The proof of a verdict as data, for ``stabkit_check.py``.

    Attributes
    ----------
    mix : Workload
    claims : tuple of CertifiedClaim
        Of the mix; then on both sides of the last eight crossings along a common input, ascending.

    Examples
    --------
    >>> from stabkit import certify
    >>> [claim.verdict for claim in certify("5:3 5:5").claims]
    ['unstable', 'unstable', 'unstable', 'unstable', 'stable']
    """

    mix: Workload
    claims: tuple[CertifiedClaim, ...]


def certify(mix: WorkloadLike) -> VerdictCertificate:
    """Return the proof of a verdict as data that ``stabkit_check.py`` re-checks by itself.

    Parameters
    ----------
    mix : WorkloadLike
        With decode lengths up to 10 000.

    Returns
    -------
    VerdictCertificate

    Raises
    ------
    InvalidArgument
        If decode lengths are longer; if there are no exact counts; if a root on the circle has
        conjugates beside it; if roots are so near the circle that arcs would take minutes.

    References
    ----------
    docs/certificates.md.

    Examples
    --------
    >>> found = certify("1:2 1:3")
    >>> found.claims[0].verdict, found.claims[0].circle
    ('marginal', ((2, 3, 2),))
    """
    mix = as_workload(mix)
    check_length(mix.longest_decode, LONGEST, "to be certified")
    near = _beside_crossings(mix) if mix.longest_decode <= _CHAIN else iter(())
    first, g = _claim(mix, mix.name), _coprime(mix)
    if first.verdict == "stable" and 1 < len(g) <= _CHAIN:
        first = replace(first, **_start(g))
    return VerdictCertificate(mix, (first, *(_claim(*one) for one in near)))


def _beside_crossings(mix: Workload) -> Iterator[tuple[Workload, str]]:
    """Yield the mixes with a common input just below and just above each crossing."""
    for crossing in threshold(mix).crossings[-_MOST_CROSSINGS:]:
        found = crossing.value
        for s in (floor(found.low * _NEAR - 1), ceil(found.high * _NEAR + 1)):
            if 0 <= s <= LARGEST_INPUT_LENGTH * _NEAR:
                classes = [(Fraction(s, _NEAR), c.decode_length, c.share) for c in mix.classes]
                yield Workload.from_classes(classes), f"inputs {s / _NEAR:.12f}"


def _claim(mix: Workload, name: str) -> CertifiedClaim:
    counts = unit_circle_counts(mix)
    if counts.inside is None or counts.on_circle is None or counts.outside is None:
        raise InvalidArgument(f"'mix' must have exact counts to be certified: {counts.reason}")
    g = _coprime(mix)
    circle, rest = _split(g)
    if sum(len(p) - 1 for p in circle) != counts.on_circle:
        raise InvalidArgument("'mix' must have no root on the circle with conjugates beside it.")
    return CertifiedClaim(
        name,
        tuple((c.input_length, c.decode_length, c.share) for c in mix.classes),
        (counts.inside, counts.on_circle, counts.outside),
        counts.verdict,
        circle,
        tuple(rest) if circle else (),
        None if _has_chain(rest) else prove_by_arcs(rest),
        0,
        None,
        tuple(_discs(mix, g)) if len(g) <= _CHAIN else (),
    )


def _coprime(mix: Workload) -> list[int]:
    """Return the memory kernel in coprime integers."""
    coefficients = MemoryKernel.of(mix).coefficients
    content = gcd(*coefficients)
    return [c // content for c in coefficients]


def _has_chain(p: list[int]) -> bool:
    """Tell whether the recursion is short and plain."""
    if len(p) > _CHAIN or self_reciprocal_part(fmpz_poly(p)).degree() > 0:
        return False
    steps = list(schur_cohn_steps(p))
    numbers = [c for step in steps for c in step.coefficients]
    long = any(abs(c).bit_length() > _LONGEST_NUMBER for c in numbers)
    return not long and not any(step.singular for step in steps)


def _split(g: list[int]) -> tuple[tuple[tuple[int, ...], ...], list[int]]:
    """Return the irreducible factors of G with all zeros on the circle, and the rest."""
    rest = fmpz_poly(g)
    _, factors = self_reciprocal_part(rest).factor()
    circle = []
    for factor, times in factors:
        factor *= 1 if factor(1) > 0 else -1
        p = [int(c) for c in factor.coeffs()]
        if _is_of_the_circle(p):
            circle += [tuple(p)] * times
            rest //= factor**times
    return tuple(circle), [int(c) for c in rest.coeffs()]


def _is_of_the_circle(p: list[int]) -> bool:
    try:
        stabkit_check.split(p, [p], [1])
    except (ValueError, RecursionError):
        return False
    return True


def _start(g: list[int]) -> dict[str, Any]:
    """Return in how many steps from empty R22 is seen to hold, and what evicts in them."""
    steps = len(g)
    while steps * g[0].bit_length() <= _LONGEST_NUMBER:
        try:
            return {"steps": steps, "evicting": tuple(stabkit_check.start(g, steps))}
        except ValueError:
            steps *= 2
    return {}


def _discs(mix: Workload, g: list[int]) -> Iterator[tuple[Fraction, Fraction, Fraction]]:
    """Yield discs with one root each, of those that are simple and not next to another."""
    for root in roots(mix, _DIGITS):
        if root.value.imag >= 0:
            with mpmath.workdps(2 * _DIGITS):
                parts = [x * 10**_DIGITS for x in (root.value.real, root.value.imag)]
                u, v = (Fraction(int(mpmath.nint(part)), 10**_DIGITS) for part in parts)
            try:
                stabkit_check.disc(g, u, v, _RADIUS)
            except ValueError:
                continue
            yield u, v, _RADIUS


def prove_by_arcs(g: list[int]) -> dict[str, Any]:
    """Return arcs of the half circle with boxes as small as the least |G| on it needs."""
    bits = _FIRST_BITS
    while bits <= _MOST_BITS:
        found = _arcs_of(g, bits)
        if found is not None:
            return found
        bits *= 2
    raise _too_near()


def _too_near() -> InvalidArgument:
    return InvalidArgument("'mix' must keep its roots farther from the circle to be certified.")


def _arcs_of(g: list[int], relative: int) -> dict[str, Any] | None:
    """Return the same with boxes of 2^-relative of sum |g_m|; None if they are too large."""
    level = max(3, (_POINTS * len(g) - 1).bit_length())
    size, guard = sum(map(abs, g)).bit_length(), level + 24  # rounding is far less than 2^guard
    bits, shift = max(0, guard + relative - size), max(guard, size - relative)
    precision = size + bits + 2 * level + 20
    grid, _ = stabkit_check.grid(g, precision, bits, level)
    c, edges = len(g) // 2, [x - y for x, y in zip([*g, 0], [0, *g], strict=True)]
    most = [18 * sum(abs((m - c) * x) for m, x in enumerate(p)) << bits for p in (edges, g)]
    arcs, ahead = [], [(a, level) for a in reversed(range(1 << level - 1))]
    left = _MOST_TERMS
    while ahead:
        a, e = ahead.pop()
        left -= len(g) if e > level else 0
        if left < 0:
            raise _too_near()
        value = grid[a] if e == level else stabkit_check.at(g, precision, bits, e, a)[0]
        x, y = (part >> shift for part in value)
        if max(abs(x), abs(y)) < _SMALLEST:
            return None
        size = isqrt((2 * x + 1) ** 2 + (2 * y + 1) ** 2) - 2
        if size * (8 * a + 4) << shift > most[0] or size << shift + e + 1 > most[1]:
            arcs.append([e, x, y])
        else:
            ahead += [(2 * a + 1, e + 1), (2 * a, e + 1)]
    return {"precision": precision, "bits": bits, "box": shift, "depth": level, "arcs": arcs}
