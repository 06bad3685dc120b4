"""The textbook theorems that a deduction may invoke, with the hypotheses that it must show.

"Proved", in stabkit, is relative to this list, to sympy's polynomial arithmetic and to the runner.
A deduction names one of these theorems and gives evidence for each of its hypotheses, by name; one
that is missing fails the step.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ["TEXTBOOK", "TextbookTheorem"]


@dataclass(frozen=True)
class TextbookTheorem:
    """A theorem from a textbook.

    Attributes
    ----------
    title, statement : str
        Prose with LaTeX mathematics between dollar signs.
    hypotheses : tuple of str
        The names under which a deduction gives evidence.
    reference : str
        Where it is found, with a locator.
    """

    title: str
    statement: str
    hypotheses: tuple[str, ...]
    reference: str


TEXTBOOK: Mapping[str, TextbookTheorem] = {
    "enestrom-kakeya": TextbookTheorem(
        "Eneström-Kakeya",
        r"If $a_0, \dots, a_n > 0$ and $\alpha a_{k+1} \le a_k \le \beta a_{k+1}$ for all $k < "
        r"n$, all zeros of $\sum_k a_k z^k$ lie in $\alpha \le |z| \le \beta$.",
        ("positive", "low", "high"),
        "M. Marden, Geometry of Polynomials, AMS 1966, section 30",
    ),
    "triangle-equality": TextbookTheorem(
        "Equality in the triangle inequality",
        r"If $|z| = 1$, $b_k \ge 0$ and $\sum_k b_k z^k = \sum_k b_k$, then $z^k = 1$ for every "
        r"$k$ with $b_k > 0$.",
        ("non-negative", "equality"),
        "W. Rudin, Real and Complex Analysis, 3rd ed. 1987, theorem 1.39 (c)",
    ),
    "bezout": TextbookTheorem(
        "Bezout's identity",
        r"If $z^{a} = 1$ and $z^{b} = 1$ for integers $a$, $b$, then $z^{\gcd(a, b)} = 1$.",
        ("powers",),
        "G. Hardy and E. Wright, An Introduction to the Theory of Numbers, 6th ed. 2008, ch. II",
    ),
    "rouche": TextbookTheorem(
        "Rouché",
        r"If $|f - h| < |h|$ on a circle, $f$ and $h$, analytic on the closed disc, have as many "
        r"zeros as each other inside.",
        ("analytic", "domination"),
        "L. Ahlfors, Complex Analysis, 3rd ed. 1979, section 4.5.2",
    ),
    "hurwitz": TextbookTheorem(
        "Hurwitz (continuity of roots)",
        r"If polynomials of one degree converge coefficient by coefficient and the limit's "
        r"leading coefficient is not 0, their roots converge to the limit's roots, with "
        r"multiplicity.",
        ("convergence", "leading"),
        "M. Marden, Geometry of Polynomials, AMS 1966, theorem 1.4",
    ),
    "implicit-function": TextbookTheorem(
        "Implicit function theorem",
        r"If $\Phi$ is analytic at $(\alpha, 0)$, $\Phi(\alpha, 0) = 0$ and $\partial_1 "
        r"\Phi(\alpha, 0) \ne 0$, there is exactly one analytic $\lambda(\varepsilon)$ near $0$ "
        r"with $\lambda(0) = \alpha$, $\Phi(\lambda(\varepsilon), \varepsilon) = 0$; its Taylor "
        r"coefficients are those that make every coefficient of $\Phi$ vanish.",
        ("zero", "derivative"),
        "L. Hörmander, An Introduction to Complex Analysis in Several Variables, 3rd ed. 1990, "
        "theorem 2.1.2",
    ),
    "argument-principle": TextbookTheorem(
        "Argument principle",
        r"If $Q$ is meromorphic in a disc and $\operatorname{Re} Q > 0$ on its circle, with small "
        r"outward arcs around poles there, $Q$ has as many zeros as poles inside that contour.",
        ("poles", "positive"),
        "L. Ahlfors, Complex Analysis, 3rd ed. 1979, section 4.5.2",
    ),
    "schur-cohn": TextbookTheorem(
        "Schur-Cohn-Hermite",
        r"The Hermitian Bezoutian $(K_{jk})$ of a polynomial $G$ of degree $n$ has at most as "
        r"many positive eigenvalues as $G$ has zeros in $|z| < 1$. So if it is positive definite "
        r"on a subspace of dimension $d$, there are at least $d$ such zeros.",
        ("diagonal", "positive"),
        "M. Krein and M. Naimark, The method of symmetric and Hermitian forms, Linear and "
        "Multilinear Algebra 10 (1981) 265-308",
    ),
    "perron": TextbookTheorem(
        "Perron",
        r"A matrix with positive entries has a simple eigenvalue $r > 0$ with a positive "
        r"eigenvector, and all others are smaller in modulus; no other eigenvector is positive. "
        r"The images of the positive cone under its powers shrink to that eigenvector's ray.",
        ("positive", "eigenvector"),
        "R. Horn and C. Johnson, Matrix Analysis, 2nd ed. 2013, section 8.2",
    ),
    "frobenius-period": TextbookTheorem(
        "Frobenius: the period of a strongly connected graph",
        r"The period of a strongly connected graph is the gcd of the lengths of its cycles; all "
        r"closed walks are combinations of simple cycles.",
        ("connected", "cycles"),
        "R. Horn and C. Johnson, Matrix Analysis, 2nd ed. 2013, section 8.5",
    ),
    "intermediate-value": TextbookTheorem(
        "Intermediate value theorem",
        r"A continuous real function of opposite signs at two points has a zero between them.",
        ("below", "above"),
        "W. Rudin, Principles of Mathematical Analysis, 3rd ed. 1976, theorem 4.23",
    ),
    "monotone": TextbookTheorem(
        "Strictly monotone functions",
        r"A continuous function that is strictly monotone on an interval takes each value between "
        r"its limits at the ends exactly once.",
        ("monotone", "below", "above"),
        "W. Rudin, Principles of Mathematical Analysis, 3rd ed. 1976, theorems 4.23 and 5.11",
    ),
    "determinant-lemma": TextbookTheorem(
        "Matrix determinant lemma",
        r"$\det(A - u v) = \det(A) (1 - v A^{-1} u)$ for an invertible matrix $A$, a column $u$ "
        r"and a row $v$.",
        ("resolvent", "product"),
        "R. Horn and C. Johnson, Matrix Analysis, 2nd ed. 2013, section 0.8.5",
    ),
    "linear-stability": TextbookTheorem(
        "Linear recurrences",
        r"Every solution of $\sum_m g_m a_{n-m} = 0$ tends to $0$ if and only if all roots of its "
        r"characteristic polynomial lie in $|\lambda| < 1$; a root outside gives an unbounded one.",
        ("recurrence",),
        "S. Elaydi, An Introduction to Difference Equations, 3rd ed. 2005, chapter 2",
    ),
    "intervals-of-constancy": TextbookTheorem(
        "D-partition (continuity of roots along a parameter)",
        r"Along a path of polynomials of one degree, the number of roots in the open disc changes "
        r"only where a root lies on the circle.",
        ("degree", "crossing"),
        "J. Ackermann, Robust Control, 2nd ed. 2002, chapter 4 (boundary crossing theorem)",
    ),
}
