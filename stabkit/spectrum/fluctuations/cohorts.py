"""How much requests come and go in cohorts: two densities that tell it.

Formulas for evictions take the completions of a step as independent of each other and of the past
(R16). Two variances per a* say how far from that a stable mix is, with phi = E z^T:

* The *intensity* of completions, their mean sum_l P(T = l) a_(n-l) given the admissions, has the
  density |phi|^2 (E|X|^2 / |E X|^2 - 1), as the admissions have the second factor (R13). Spread
  decode lengths average it out; few of them, or modes that hardly decay, do not.
* The *freed* tokens, (S + T + 1) at a completion, have as an observable Q = (S + T + 1) z^T the
  density of `density`. If completions were independent, its mean would be E(S + T + 1)^2.

In the notation of `density` the first is q = phi, C = 0, P = -|phi|^2; of the second C has at
z^(-k-1) the coefficient E[(S + T - k)(S + T + 1) 1{T > k}], 0 <= k < L.

References
----------
docs/model.md, R13, R14, R16.
"""

from __future__ import annotations

from collections.abc import Sequence

from flint import fmpz_poly

from .density import Density
from .joint_law import JointLaw

__all__ = ["freed_density", "freed_square", "intensity_density"]


def intensity_density(law: JointLaw) -> Density:
    """Return the density per a* of the intensity of completions.

    Where all requests take one step, completions follow the admissions:

    >>> from stabkit import Workload
    >>> from .observables import density_of
    >>> law = JointLaw.of(Workload.from_classes([(1, 1), (4, 1)]))
    >>> intensity_density(law).exact_mean() == density_of("admissions", law).exact_mean()
    True
    """
    d, ends = law.denominator, _at_ends(law, law.moments[0])
    square = (fmpz_poly(ends) * fmpz_poly(ends[::-1])).coeffs()[len(ends) - 1 :]
    kernel, sums = ([d * term for term in terms] for terms in (law.kernel, law.autocovariance_sums))
    power = [-int(term) for term in square]
    return Density(d * d, kernel, sums, [d * end for end in ends], power, [0], [])


def freed_density(law: JointLaw) -> Density:
    """Return the density per a* of the tokens that completions free.

    One class is without chance: every admission frees the same, a fixed time later.

    >>> from stabkit import Workload
    >>> freed_density(JointLaw.of(Workload.from_classes([(3, 1)]))).exact_mean()
    Fraction(0, 1)
    """
    moments = ((0, 0), (1, 0), (0, 1), (2, 0), (1, 1), (0, 2))
    rows = enumerate(zip(*(law.tails(*powers) for powers in moments), strict=True))
    behind = [
        c20 + 2 * c11 + c02 + c10 + c01 - k * (c10 + c01 + c00)
        for k, (c00, c10, c01, c20, c11, c02) in rows
    ]
    shares, inputs, *_ = law.moments
    freed = [s + (t + 1) * p for t, p, s in zip(law.decode_lengths, shares, inputs, strict=True)]
    mean, power = _at_ends(law, freed), [freed_square(law)]
    return Density(law.denominator, law.kernel, law.autocovariance_sums, mean, power, [0], behind)


def freed_square(law: JointLaw) -> int:
    """Return D E(S + T + 1)^2, what independent completions would have.

    >>> from stabkit import Workload
    >>> freed_square(JointLaw.of(Workload.from_classes([(3, 1)])))
    25
    """
    return (
        law.mean(2)
        + 2 * law.mean(1, 1)
        + law.mean(0, 2)
        + 2 * (law.mean(1) + law.mean(0, 1))
        + law.denominator
    )


def _at_ends(law: JointLaw, terms: Sequence[int]) -> list[int]:
    """Return a list of L + 1 numbers: `terms` at the decode lengths, 0 elsewhere."""
    at = dict(zip(law.decode_lengths, terms, strict=True))
    return [at.get(t, 0) for t in range(law.length + 1)]
