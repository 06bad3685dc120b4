"""The atlas: s* of all 1,101 pairs of coprime decode lengths up to 60, in equal shares, packaged.

``packaged/atlas.csv`` was computed by ``scripts/make_atlas.py`` through `stabkit.analyze_many`;
here it is only read. A mix of two coprime decode lengths l_1 < l_2 with a common input length s is
stable for every s > s*, its largest crossing (R8), and R7 proves it for every s > s° >= s*.

Write p for the share of l_1 (here 1/2), mu = p l_1 + (1-p) l_2 and sigma^2 = p (1-p) (l_2 - l_1)^2.

* *Pair law* (asymptotic): s* ~ mu^3 / (2 pi^2 p (1-p)). For l_2 = l_1 + 1 it is the variance law.
* *Variance law* (asymptotic, for one narrow hump of decode lengths): s* ~ mu^3 / (2 pi^2 sigma^2).
  Of these pairs it is right for adjacent ones alone, so that reports of the atlas leave it out.

What the atlas shows
--------------------
*One stable interval each*: every s above s*, no other; exact partitions, pair by pair. That no pair
of coprime lengths, with any shares, has a stable s below s* is a conjecture; for three lengths and
more it is false. s° is no more than
8.2 % above s* ((2,3): 1.0811 against 1), 0.13 % from l_2 = 10 on, 0.002 % from l_2 = 40 on.

*The pair law* is above every s* of adjacent lengths: by 217 % at (2,3), 17 % at (5,6), 4.1 % at
(10,11), 1.0 % at (20,21) and 0.12 % at (59,60); s* of (1,2) is 0, where it says 0.68.

*It holds for all coprime pairs*, not for adjacent ones alone: from mu = 10 on s* is within 4.3 % of
mu^3 / (2 pi^2 p (1-p)), from mu = 30 on within 0.56 %. How far apart the two lengths are hardly
matters: (1,60) and (30,31), both of mean 30.5, have the thresholds 5,780.5 and 5,723.6.

*The variance law* fails where the lengths are not adjacent: s* is (l_2 - l_1)^2 times as large, but
for the few per cent above. All 1,042 such pairs are above it, by a factor of 2.47 at least, and of
3,500 at (1,60): 5,780.5 tokens, where it says 1.65. A small sigma / mu does not help: up to 0.1 the
factor reaches 99.9, at (49,59). Within 10 % are 53 pairs, the adjacent ones from (7,8) on.

Why (an argument without an error bound, so a conjecture). Take whole a, b with b l_1 - a l_2 = 1 or
-1, which exist for coprime lengths, and theta = 2 pi (p a + (1-p) b) / mu. The phases theta l_1 and
theta l_2 then miss 2 pi a and 2 pi b by 2 pi (1-p) / mu and 2 pi p / mu, in opposite directions:
the mean phase is 0, its variance 4 pi^2 p (1-p) / mu^2, and A has a root of modulus
1 - 2 pi^2 p (1-p) / mu^3 about. R3 moves it outwards by 1 / (s + L), so that it crosses the circle
where that is as much. The variance law is the same with a = b = 1, where b l_1 - a l_2 is
-(l_2 - l_1): it misses the beat at which two lengths that are far apart do agree.

References
----------
docs/model.md, R3, R7, R8.
"""

from __future__ import annotations

import csv
import math
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib.resources import files

from ..records import Record, RecordTuple

__all__ = ["LONGEST", "AtlasEntry", "atlas"]

LONGEST = 60
_SHARE = 0.5


@dataclass(frozen=True, repr=False)
class AtlasEntry(Record):
    """One pair of coprime decode lengths in equal shares.

    Attributes
    ----------
    shorter, longer : int
        The decode lengths l_1 < l_2, in steps.
    threshold : Decimal
        s*, in tokens, to 28 significant digits; a whole number is exact.
    sufficient : Decimal
        s°, in tokens: R7's condition holds for s > s° and for no other s. To the digits that are
        proved, 28 at most; the last one may be off by one.
    stable_intervals : int
        In how many intervals of s >= 0 the pair is stable, by an exact partition. Where it is 1,
        that is s > s*.

    Examples
    --------
    >>> from stabkit import atlas
    >>> entry = next(one for one in atlas() if (one.shorter, one.longer) == (3, 5))
    >>> round(float(entry.threshold), 6), entry.mean_length
    (9.822948, 4.0)
    """

    shorter: int
    longer: int
    threshold: Decimal
    sufficient: Decimal
    stable_intervals: int

    @property
    def mean_length(self) -> float:
        """The mean decode length mu, in steps."""
        return (self.shorter + self.longer) / 2

    @property
    def pair_law(self) -> float:
        """The pair law mu^3 / (2 pi^2 p (1-p)), in tokens: an estimate of s* for every pair."""
        return self.mean_length**3 / (2 * math.pi**2 * _SHARE * (1 - _SHARE))

    @property
    def variance_law(self) -> float:
        """The variance law mu^3 / (2 pi^2 sigma^2), in tokens; not for pairs that are apart."""
        return self.pair_law / (self.longer - self.shorter) ** 2


@cache
def atlas() -> tuple[AtlasEntry, ...]:
    """Return the packaged thresholds of all pairs of coprime decode lengths up to 60.

    Returns
    -------
    tuple of AtlasEntry
        Ordered by the longer length, then by the shorter one. Equal shares; the input length is
        the same for both classes.

    Notes
    -----
    Nothing is computed: `stabkit.threshold` finds each entry anew, and others with other shares.

    References
    ----------
    docs/model.md, R7, R8.

    Examples
    --------
    >>> entries = {(entry.shorter, entry.longer): entry for entry in atlas()}
    >>> len(entries), entries[2, 3].threshold, round(entries[7, 10].threshold, 5)
    (1101, Decimal('1'), Decimal('117.43968'))
    >>> far = entries[1, 60]
    >>> [round(float(far.threshold) / law) for law in (far.pair_law, far.variance_law)]
    [1, 3500]
    """
    text = files("stabkit.analysis").joinpath("packaged", "atlas.csv").read_text(encoding="utf-8")
    return RecordTuple(
        AtlasEntry(
            int(row["shorter_length"]),
            int(row["longer_length"]),
            Decimal(row["threshold"]),
            Decimal(row["sufficient_input_length"]),
            int(row["stable_intervals"]),
        )
        for row in csv.DictReader(text.splitlines())
    )
