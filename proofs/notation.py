"""The symbols that all chapters share, and the domains they stand for."""

from __future__ import annotations

from sympy import symbols

from stabkit.theorems.records import Variable

__all__ = [
    "CAPACITY",
    "CLASSES",
    "ONE_CLASS",
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

CLASSES = (
    Variable("K", "number of classes", "an integer, at least 1"),
    Variable("s_k", "input length of class k, in tokens", "rational, at least 0"),
    Variable("l_k", "decode length of class k, in steps", "an integer, at least 1"),
    Variable("p_k", "share of class k in the admissions", "rational, positive, with sum 1"),
)
CAPACITY = (Variable("B", "capacity, in tokens", "rational, positive"),)
ONE_CLASS = (
    Variable("s", "input length, in tokens", "rational, at least 0"),
    Variable("l", "decode length, in steps", "an integer, at least 2"),
)
