"""The symbols that all chapters share, and the domains they stand for."""

from __future__ import annotations

from sympy import symbols

__all__ = [
    "B",
    "c",
    "g",
    "i",
    "j",
    "k",
    "lam",
    "length",
    "m",
    "n",
    "p",
    "s",
    "z",
]

# Reals and complex numbers: identities in them hold as rational functions.
s, p, B, z, c = symbols("s p B z c")
lam = symbols("lambda")
# Integers: they may be exponents and limits of sums.
length = symbols("l", integer=True)
g, i, j, k, m, n = symbols("g i j k m n", integer=True)
