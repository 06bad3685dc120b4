"""Textbook theorems on where a function has its zeros."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sympy import Abs, And, Dummy, Eq, Equivalent, Ge, Gt, Symbol

from ..evidence import Evidence, Identity, Inequality
from ..facts import Holds, Summed
from .limits import Vanishing
from .schema import DISC, Beyond, Domains, TextbookTheorem, Within, Zeros

__all__ = [
    "ArgumentPrinciple",
    "BoundaryCrossing",
    "Cubic",
    "EdgeTheorem",
    "EnestromKakeya",
    "Hurwitz",
    "Rouche",
    "SchurCohn",
]


@dataclass(frozen=True)
class EnestromKakeya(TextbookTheorem):
    """For f = sum a_k z^k: `coefficient` is a_k, `following` a_(k+1), for every k."""

    title = "Eneström–Kakeya"
    name = "the Eneström–Kakeya theorem"
    statement = (
        r"If $a_0, \dots, a_n > 0$ and $\alpha a_{k+1} \le a_k$ for all $k < n$, all zeros of "
        r"$\sum_k a_k z^k$ have $|z| \ge \alpha$; if $a_k \le \beta a_{k+1}$, all have "
        r"$|z| \le \beta$."
    )
    reference = "M. Marden, Geometry of Polynomials, AMS 1966, section 30"

    polynomial: Any
    coefficient: Any
    following: Any
    domains: Domains
    low: Any = None
    high: Any = None

    def obligations(self) -> dict[str, Evidence]:
        """Both are positive, and their ratio is within the bounds that are given."""
        above, below = self.coefficient, self.following
        found: dict[str, Evidence] = {
            "positive": Inequality(above, self.domains),
            "the next one positive": Inequality(below, self.domains),
        }
        if self.low is not None:
            found["low"] = Inequality(above - self.low * below, self.domains, False)
        if self.high is not None:
            found["high"] = Inequality(self.high * below - above, self.domains, False)
        return found

    def assumptions(self) -> tuple[Any, ...]:
        """These are the coefficients of the polynomial."""
        name = Symbol("coefficients")
        return (Holds(name, self.polynomial, self.coefficient, self.following),)

    def conclusions(self) -> tuple[Any, ...]:
        """Return that no zero lies within the one, or beyond the other radius."""
        found = []
        if self.low is not None:
            found.append(Eq(Zeros(self.polynomial, Within(self.low)), 0))
        if self.high is not None:
            found.append(Eq(Zeros(self.polynomial, Beyond(self.high)), 0))
        return tuple(found)


@dataclass(frozen=True)
class Rouche(TextbookTheorem):
    """For f and h with |f - h| <= `bound` and |h| >= `floor` on a circle about 0 or a point."""

    title = "Rouché"
    name = "Rouché's theorem"
    statement = (
        r"If $|f - h| < |h|$ on a circle, $f$ and $h$, analytic on the closed disc, have as many "
        r"zeros as each other inside."
    )
    reference = "L. Ahlfors, Complex Analysis, 3rd ed. 1979, section 4.5.2"

    function: Any
    compared: Any
    bound: Any
    floor: Any
    domains: Domains
    region: Any = DISC

    def obligations(self) -> dict[str, Evidence]:
        """The bound is below the floor."""
        return {"domination": Inequality(self.floor - self.bound, self.domains)}

    def assumptions(self) -> tuple[Any, ...]:
        """They are bounds on the circle."""
        return (
            Holds(Symbol("at most"), Abs(self.function - self.compared), self.bound, self.region),
            Holds(Symbol("at least"), Abs(self.compared), self.floor, self.region),
        )

    def conclusions(self) -> tuple[Any, ...]:
        """Return that both have as many zeros."""
        zeros = [Zeros(f, self.region) for f in (self.function, self.compared)]
        return (Eq(*zeros),)


@dataclass(frozen=True)
class Hurwitz(TextbookTheorem):
    """For polynomials whose coefficients tend to those of a limit as a parameter grows."""

    title = "Hurwitz (continuity of roots)"
    name = "Hurwitz's theorem"
    statement = (
        r"If polynomials of one degree converge coefficient by coefficient and the limit's "
        r"leading coefficient is not 0, their roots converge to the limit's roots, with "
        r"multiplicity."
    )
    reference = "M. Marden, Geometry of Polynomials, AMS 1966, theorem 1.4"

    polynomial: Any
    limit: Any
    parameter: Symbol
    coefficient: Any
    tends_to: Any
    leading: Any
    domains: Domains

    def obligations(self) -> dict[str, Evidence]:
        """A coefficient tends to its limit, and the limit's leading one is positive."""
        return {
            "convergence": Vanishing(self.coefficient - self.tends_to, self.parameter),
            "leading": Inequality(self.leading, self.domains),
        }

    def assumptions(self) -> tuple[Any, ...]:
        """These are the coefficients."""
        return (
            Holds(Symbol("coefficients"), self.polynomial, self.coefficient),
            Holds(Symbol("coefficients"), self.limit, self.tends_to),
        )

    def conclusions(self) -> tuple[Any, ...]:
        """Return that the roots tend to the limit's."""
        return (Holds(Symbol("roots tend to"), self.polynomial, self.limit, self.parameter),)


@dataclass(frozen=True)
class ArgumentPrinciple(TextbookTheorem):
    """For a function with positive real part on a contour that encloses `poles` poles."""

    title = "Argument principle"
    name = "the argument principle"
    statement = (
        r"If $Q$ is meromorphic in a disc and $\operatorname{Re} Q > 0$ on its circle, with small "
        r"outward arcs around poles there, $Q$ has as many zeros as poles inside that contour."
    )
    reference = "L. Ahlfors, Complex Analysis, 3rd ed. 1979, section 4.5.2"

    function: Any
    poles: Any
    real_part: Any
    on_arcs: Any
    domains: Domains

    def obligations(self) -> dict[str, Evidence]:
        """The real part is positive on the circle and on the arcs."""
        return {
            "on the circle": Inequality(self.real_part, self.domains),
            "on the arcs": Inequality(self.on_arcs, self.domains),
        }

    def assumptions(self) -> tuple[Any, ...]:
        """These are the real parts, and the number of poles."""
        return (
            Holds(Symbol("real part"), self.function, self.real_part),
            Holds(Symbol("real part on arcs"), self.function, self.on_arcs),
            Holds(Symbol("poles"), self.function, self.poles),
        )

    def conclusions(self) -> tuple[Any, ...]:
        """Return the number of zeros inside."""
        return (Eq(Zeros(self.function, DISC), self.poles),)


@dataclass(frozen=True)
class SchurCohn(TextbookTheorem):
    """For a polynomial whose Bezoutian is diagonal on a subspace of a dimension."""

    title = "Schur–Cohn–Hermite"
    name = "the Schur–Cohn–Hermite theorem"
    statement = (
        r"The Hermitian Bezoutian $(K_{jk})$ of a polynomial $G$ of degree $n$ has at most as "
        r"many positive eigenvalues as $G$ has zeros in $|z| < 1$. So if it is positive definite "
        r"on a subspace of dimension $d$, there are at least $d$ such zeros."
    )
    reference = (
        "M. Krein and M. Naimark, The method of symmetric and Hermitian forms, Linear and "
        "Multilinear Algebra 10 (1981) 265-308"
    )

    polynomial: Any
    dimension: Any
    off_diagonal: Any
    given: tuple[Any, ...]
    diagonal: Any
    domains: Domains

    def obligations(self) -> dict[str, Evidence]:
        """Off the diagonal it is 0, on it positive."""
        return {
            "off the diagonal": Identity(self.off_diagonal, 0, self.given),
            "positive": Inequality(self.diagonal, self.domains),
        }

    def assumptions(self) -> tuple[Any, ...]:
        """These are the entries of the Bezoutian on a subspace of that dimension."""
        name = Symbol("Bezoutian")
        return (Holds(name, self.polynomial, self.dimension, self.off_diagonal, self.diagonal),)

    def conclusions(self) -> tuple[Any, ...]:
        """Return the least number of zeros in the disc."""
        return (Ge(Zeros(self.polynomial, DISC), self.dimension),)


@dataclass(frozen=True)
class BoundaryCrossing(TextbookTheorem):
    """For polynomials along a parameter whose leading coefficient stays positive."""

    title = "D-partition (continuity of roots along a parameter)"
    name = "the boundary crossing theorem"
    statement = (
        r"Along a path of polynomials of one degree, the number of roots in the open disc changes "
        r"only where a root lies on the circle."
    )
    reference = "J. Ackermann, Robust Control, 2nd ed. 2002, chapter 4 (boundary crossing theorem)"

    polynomial: Any
    parameter: Symbol
    leading: Any
    crossing: Any
    equation: Any
    domains: Domains

    def obligations(self) -> dict[str, Evidence]:
        """The degree stays, and where a root is on the circle the parameter is a crossing."""
        return {
            "degree": Inequality(self.leading, self.domains),
            "crossing": Identity(self.parameter, self.crossing, given=(self.equation,)),
        }

    def assumptions(self) -> tuple[Any, ...]:
        """That is the leading coefficient, and the equation is that of a root."""
        return (Holds(Symbol("leading coefficient"), self.polynomial, self.leading),)

    def conclusions(self) -> tuple[Any, ...]:
        """Return that the count is constant between crossings."""
        name = Symbol("constant between")
        return (Holds(name, Zeros(self.polynomial, DISC), self.parameter, self.crossing),)


@dataclass(frozen=True)
class EdgeTheorem(TextbookTheorem):
    """For a sum over classes that is linear in a share, the shares being in a polytope."""

    title = "Edge theorem"
    name = "the edge theorem"
    statement = (
        r"A polytope of polynomials of one degree with positive leading coefficients has all roots "
        r"in the open unit disc if and only if its edges have."
    )
    reference = (
        "A. Bartlett, C. Hollot and L. Huang, Root locations of an entire polytope of polynomials: "
        "it suffices to check the edges, Math. Control Signals Systems 1 (1988) 61-71"
    )

    polynomial: Any
    summand: Any
    share: Symbol
    leading: Any
    domains: Domains

    def obligations(self) -> dict[str, Evidence]:
        """What a share contributes is linear in it, and the degree stays."""
        a, b = Dummy("a"), Dummy("b")
        at = [self.summand.subs(self.share, q) for q in (a + b, a, b)]
        return {
            "linear": Identity(at[0], at[1] + at[2]),
            "degree": Inequality(self.leading, self.domains),
        }

    def assumptions(self) -> tuple[Any, ...]:
        """That is the polynomial with its leading coefficient, and the edges are stable."""
        return (
            Summed(self.polynomial, self.summand),
            Holds(Symbol("leading coefficient"), self.polynomial, self.leading),
            Holds(Symbol("roots on all edges"), self.polynomial, DISC),
        )

    def conclusions(self) -> tuple[Any, ...]:
        """Return where the roots are on the whole polytope."""
        return (Holds(Symbol("roots on the polytope"), self.polynomial, DISC),)


@dataclass(frozen=True)
class Cubic(TextbookTheorem):
    """For a_0 + ... + a_3 z^3 with a_0 > 0 and no negative coefficient; `stable` says: no zero."""

    title = "Schur–Cohn for cubics"
    name = "the Schur–Cohn criterion for cubics"
    statement = (
        r"Let $a_0 > 0$ and $a_1, a_2, a_3 \ge 0$. $a_0 + a_1 z + a_2 z^2 + a_3 z^3$ has no zero "
        r"in $|z| \le 1$ if and only if $a_0 > a_3$, $a_0 + a_2 > a_1 + a_3$ and $a_0^2 - a_3^2 > "
        r"a_0 a_2 - a_1 a_3$."
    )
    reference = "J. Ackermann, Robust Control, 2nd ed. 2002, chapter 3"

    stable: Any
    polynomial: Any
    coefficients: tuple[Any, Any, Any, Any]
    domains: Domains

    def obligations(self) -> dict[str, Evidence]:
        """The signs of the coefficients."""
        names = ("positive", "second", "third", "fourth")
        return {
            name: Inequality(coefficient, self.domains, name == "positive")
            for name, coefficient in zip(names, self.coefficients, strict=True)
        }

    def assumptions(self) -> tuple[Any, ...]:
        """These are the coefficients, and stable means that no zero is in the closed disc."""
        name = Symbol("coefficients")
        return (Holds(name, self.polynomial, *self.coefficients, self.stable),)

    def conclusions(self) -> tuple[Any, ...]:
        """Return when it is stable."""
        first, second, third, fourth = self.coefficients
        criterion = And(
            Gt(first, fourth),
            Gt(first + third, second + fourth),
            Gt(first**2 - fourth**2, first * third - second * fourth),
        )
        return (Equivalent(self.stable, criterion),)
