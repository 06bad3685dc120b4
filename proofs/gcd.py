"""Chapter 4: finite inputs. What the gcd proves, and under which condition."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from sympy import Eq, Function, Rational, diff, symbols

from stabkit import Workload, gcd_theorem, unit_circle_counts
from stabkit.spectrum.spectral_radius import RealEnclosure
from stabkit.theorems.evidence import (
    Deduction,
    Enclosure,
    ExactFinite,
    Identity,
    Inequality,
    Summation,
)
from stabkit.theorems.positivity import Interval
from stabkit.theorems.records import Step, Theorem, Variable, Witness

from .model import _ONE_CLASS_FORM
from .notation import CLASSES, g, length, m, n, p, s, z

__all__ = ["THEOREMS"]

_w, _x, _y, _delta = symbols("w x y delta")
_a, _b, _h, _P, _M, _S, _d, _X, _A = symbols("a b h P mu S d X D")
_T2 = symbols("T_2")
_L = symbols("L", integer=True)
_OPEN = Interval(0, open_low=True)
_ON_CIRCLE = (_x**2 + _y**2 - 1,)
_share = (1 - _w**n) / (1 - _w)  # one class of D
_CONDITION = r"$\operatorname{Re} [(E(w) + g w D'(w)) / D(w)] > -(g + 1) / 2$ for all $|w| = 1$."
_LATE = r"$\sum_k p_k l_k (l_k + s_k) / \sum_k p_k l_k > (L - 1) / 2$."


def _mixes() -> Iterator[Workload]:
    for lengths in ((4,), (2, 3), (2, 4), (3, 5), (4, 6), (3, 6, 9), (6, 10, 15)):
        for inputs in ((0, 0, 0), (5, 5, 5), (20, 3, 9), (400, 400, 300)):
            yield Workload.from_classes(list(zip(inputs, lengths, (1, 2, 2), strict=False)))


R7 = Theorem(
    label="R7",
    title="Gcd theorem",
    variables=(
        *CLASSES,
        Variable("g", "gcd of the decode lengths; $l_k = g n_k$", "an integer, at least 1"),
        Variable("w", "z to the power g", "complex"),
    ),
    hypotheses=(_CONDITION,),
    statement=(
        r"With $D(w) = \sum_k p_k \frac{1 - w^{n_k}}{1 - w}$ and $E(w) = \sum_k p_k s_k \frac{1 - "
        r"w^{n_k}}{1 - w}$, the equilibrium has exactly $g - 1$ unstable modes and no marginal "
        r"one. So under this condition it is stable if and only if the decode lengths are coprime. "
        r"For a common input $E = s D$, and the condition is $s > s^\circ = -(g + 1)/2 - g "
        r"\min_{|w| = 1} \operatorname{Re} (w D' / D)$."
    ),
    formula=Eq(
        (1 - z) * Function("G")(z),
        (1 - _w)
        * (
            Function("D")(_w) / (1 - z)
            + Function("E")(_w)
            - g * _w * Function("D")(_w) / (1 - _w)
            + g * _w * Function("D")(_w).diff(_w)
        ),
    ),
    uses=("closed-form", "R1", "R3b"),
    code=("stabkit.gcd_theorem", "stabkit.threshold"),
    steps=(
        Step(
            "factorisation",
            r"$(1 - z) G(z) = D(w) (1 - w) Q(z)$ with $Q = \frac{1}{1 - z} + \frac{E}{D} - g "
            r"\frac{w}{1 - w} + g w \frac{D'}{D}$. Times $1 - z$ both sides are sums over the "
            r"classes: the right one is $(1 - w) D + (1 - z) [(1 - w) E + g ((1 - w) w D' - w "
            r"D)]$. For one class $(1 - w) D = 1 - w^n$, hence",
            Identity((1 - _w) * _w * diff(_share, _w) - _w * _share, -n * _w**n),
        ),
        Step(
            "closed-form",
            r"and the closed form of $(1 - z)^2 G$, with $l = g n$ and $w^n$ for $z^l$, is just "
            r"that.",
            Identity(
                (s + 1) - s * z - (s + g * n + 1) * _w**n + (s + g * n) * z * _w**n,
                (1 - _w**n) + (1 - z) * (s * (1 - _w**n) - g * n * _w**n),
            ),
        ),
        Step(
            "no-zero-of-D-inside",
            r"The coefficients of $D$, $P(T' > m)$ for $T' = T / g$, are positive and fall: read "
            r"upwards, $a_k = a_{k+1} + d$ with $d \ge 0$.",
            Deduction(
                "enestrom-kakeya",
                {
                    "positive": Inequality(_S + _d, {_S: _OPEN, _d: Interval(0)}),
                    "low": Inequality((_S + _d) - _S, {_S: _OPEN, _d: Interval(0)}, False),
                    "high": Inequality(
                        _delta * _S - (_S + _d),
                        {_delta: Interval(1 + _d / _S), _S: _OPEN, _d: Interval(0)},
                        False,
                    ),
                },
                r"With $\alpha = 1$, and $\beta$ large: no zero of $D$ has $|w| < 1$.",
            ),
        ),
        Step(
            "no-zero-of-D-on-the-circle",
            r"$(1 - w) D(w) = 1 - X$ with the mean $X = \sum_k p_k w^{n_k}$.",
            Deduction(
                "triangle-equality",
                {
                    "non-negative": Inequality(p, {p: _OPEN}),
                    "equality": Identity(_X, 1, given=((1 - _w) * _A - (1 - _X), _A)),
                },
                r"On a zero with $|w| = 1$ every $w^{n_k} = 1$.",
            ),
        ),
        Step(
            "coprime",
            r"In coordinates, $x = 1$ and $x^2 + y^2 = 1$. The $n_k$ have the gcd 1, so that $w = "
            r"1$; but $D(1) = \mu / g > 0$. So $D$ has no zero in $|w| \le 1$.",
            Deduction(
                "bezout",
                {"powers": Identity((_x - 1) ** 2 + _y**2, 0, given=(_x - 1, _x**2 + _y**2 - 1))},
                r"$w = 1$.",
            ),
        ),
        Step(
            "real-part",
            r"On the circle, $z = x + i y$, $\operatorname{Re} \frac{1}{1 - z} = \frac{1}{2}$,",
            Identity((1 - _x) / ((1 - _x) ** 2 + _y**2), Rational(1, 2), given=_ON_CIRCLE),
        ),
        Step(
            "real-part-of-w",
            r"and $\operatorname{Re} \frac{-w}{1 - w} = 1 - \operatorname{Re} \frac{1}{1 - w} = "
            r"\frac{1}{2}$, for",
            Identity(-_w / (1 - _w), 1 - 1 / (1 - _w)),
        ),
        Step(
            "positive",
            r"So on the circle $\operatorname{Re} Q = \frac{1}{2} + \frac{g}{2} + X$, $X = "
            r"\operatorname{Re} [(E + g w D') / D]$. If $X$ exceeds its bound $-(g + 1) / 2$ by "
            r"$\delta > 0$, then $\operatorname{Re} Q = \delta$.",
            Identity(Rational(1, 2) + g / 2 + _X, _delta, given=(_X + (g + 1) / 2 - _delta,)),
        ),
        Step(
            "poles-cancel",
            r"At $z = 1$: $\frac{1}{1 - z} - g \frac{w}{1 - w} = \frac{R(z) - g z^g}{1 - z^g}$ "
            r"with $R = \sum_{m < g} z^m$, for",
            Summation((1 - z) * z**m, m, 0, n, 1 - z ** (n + 1)),
        ),
        Step(
            "residue",
            r"and the numerator vanishes there: $R(1) = g$. So $Q$ is regular at 1. With $z = "
            r"\omega^k \zeta$, $1 \le k < g$, also $w = \zeta^g$, and the same identity in "
            r"$\zeta$ says $-g \frac{w}{1 - w} = \frac{1}{\zeta - 1}$ plus a regular function: "
            r"near these $g - 1$ points $Q = \frac{1}{\zeta - 1} + r$ with $r$ analytic.",
            Summation(1, m, 0, n, n + 1),
        ),
        Step(
            "outward-arcs",
            r"For $\zeta = x + i y$, $\operatorname{Re} \frac{1}{\zeta - 1} + \frac{1}{2}$ is "
            r"$(|\zeta|^2 - 1) / (2 |\zeta - 1|^2)$: zero on the circle, so that "
            r"$\operatorname{Re} r = \frac{1}{2} + \operatorname{Re} Q \ge \frac{1}{2} + \min "
            r"\delta$ at the pole, and not negative outside: $\operatorname{Re} Q > 0$ on small "
            r"outward arcs.",
            Identity(
                (_x - 1) / ((_x - 1) ** 2 + _y**2) + Rational(1, 2),
                (_x**2 + _y**2 - 1) / (2 * ((_x - 1) ** 2 + _y**2)),
            ),
        ),
        Step(
            "count",
            r"On the unit circle with these arcs, $Q$ is analytic but for the $g - 1$ simple "
            r"poles inside the contour.",
            Deduction(
                "argument-principle",
                {
                    "poles": Identity(
                        (_x - 1) / ((_x - 1) ** 2 + _y**2),
                        -Rational(1, 2),
                        given=_ON_CIRCLE,
                    ),
                    "positive": Inequality(
                        (Rational(1, 2) + _delta) + (-Rational(1, 2) + _h),
                        {_delta: _OPEN, _h: Interval(0)},
                    ),
                },
                r"$Q$ has exactly $g - 1$ zeros inside the contour; none is on the circle, where "
                r"$\operatorname{Re} Q > 0$, nor on its outward side, so that all lie in $|z| < "
                r"1$.",
            ),
        ),
        Step(
            "back-to-G",
            r"Off the $g$-th roots of unity the zeros of $G$ in the closed disc are those of $Q$, "
            r"for $D (1 - w) \ne 0$. At a root of unity other than 1, $(1 - z) G = -\mu \ne 0$ "
            r"(class by class, $(1 - z)^2 G = l (z - 1)$), and $G(1) > 0$. A zero $z$ of $G$ is "
            r"the mode $1 / z$.",
            Identity(_ONE_CLASS_FORM, length * (z - 1), given=(z**length - 1,)),
        ),
    ),
    checks=(
        Step(
            "code",
            r"Where the code proves the condition, exact counts by another engine have $g - 1$ "
            r"unstable modes and none on the circle.",
            ExactFinite(
                "unstable modes and modes on the circle",
                "28 mixes, those to which it applies",
                lambda: [mix for mix in _mixes() if gcd_theorem(mix).applies],
                lambda mix: _sides(mix),
                lambda mix: (mix.gcd - 1, 0),
            ),
        ),
    ),
    sharpness=(
        Witness(
            _CONDITION,
            r"Lengths 3 and 5 with inputs 5 are coprime and have two unstable modes; the "
            r"condition fails.",
            ExactFinite(
                "whether it applies, and the unstable modes",
                "one mix",
                lambda: [Workload.from_classes([(5, 3), (5, 5)])],
                lambda mix: (gcd_theorem(mix).applies, unit_circle_counts(mix).outside),
                lambda mix: (False, 2),
            ),
        ),
    ),
    lesson=(
        r"How long must prompts be for number theory to decide? The gcd theorem answers with one "
        r"number, to be computed from the law of the decode lengths alone: above $s^\circ$ the "
        r"unstable modes are exactly the $g - 1$ synchronised ones. Below it nothing is said, and "
        r"coprime lengths may well be unstable."
    ),
)


def _sides(mix: Workload) -> tuple[int | None, int | None]:
    counts = unit_circle_counts(mix, "schur-cohn")
    return counts.outside, counts.on_circle


_q, _rest = symbols("q v")

_Y = symbols("Y")
_OPPOSITE = Identity(_X * _Y - _x * _y, 0, given=(_X + _x, _Y + _y))

R9 = Theorem(
    label="R9",
    title="Unstable modes at finite input",
    variables=(*CLASSES, Variable("g", "gcd of the decode lengths", "an integer, at least 2")),
    hypotheses=(_LATE,),
    statement=(
        r"There are at least $g - 1$ unstable modes. The hypothesis holds for any inputs if every "
        r"$l_k \ge L / 2$, and for two classes if the longer one has a share of at least $1/9$; "
        r"for a common input it is $s > (L - 1)/2 - E[T^2] / E[T]$. Without it: for even $g$ there "
        r"is always a real mode $\lambda < -1$, so that $g = 2$ is always unstable."
    ),
    formula=Eq(
        Function("K")(symbols("u"), symbols("u")),
        symbols("G_u") ** 2 * (2 * _P / _M - (_L - 1)),
    ),
    uses=("closed-form", "R3b"),
    code=("stabkit.gcd_theorem", "stabkit.unit_circle_counts"),
    steps=(
        Step(
            "reversed",
            r"Let $G^*(z) = z^{L-1} G(1/z)$. At $u^g = 1$, $u \ne 1$, R3b has $G(u) = \mu / (u - "
            r"1)$, for $1/u$ as well; and $u^L = 1$, as $g$ divides $L$. So $G^*(u) = -G(u)$:",
            Identity(z ** (length - 1) * (_M / (1 / z - 1)), -_M / (z - 1), given=(z**length - 1,)),
        ),
        Step(
            "off-diagonal",
            r"In $K(u, v) = [G^*(u) \overline{G^*(v)} - G(u) \overline{G(v)}] / (1 - u \bar v)$ "
            r"the numerator is 0 for two different such roots: with $X$, $Y$ for the values of "
            r"$G^*$ and $x$, $y$ for those of $G$, both signs change.",
            _OPPOSITE,
        ),
        Step(
            "diagonal",
            r"On the diagonal take the radial limit: let $a = |G(u)|^2$, $b = \operatorname{Re} "
            r"\overline{G} u G'$ and $h = r - 1$; to first order $|G(r u)|^2 = a + 2 b h$ and "
            r"$|G^*(r u)|^2 = r^{2 (L-1)} |G(u / r)|^2 = (1 + 2 (L - 1) h)(a - 2 b h)$, while $1 "
            r"- r^2 = -2 h$. So $K(u, u) = 2 b - (L - 1) a$,",
            Identity(
                diff((1 + 2 * (_L - 1) * _h) * (_a - 2 * _b * _h) - (_a + 2 * _b * _h), _h).subs(
                    _h, 0
                )
                / -2,
                2 * _b - (_L - 1) * _a,
            ),
        ),
        Step(
            "logarithmic-derivative",
            r"where $b / a = \operatorname{Re}[u G' / G]$. By R3b, with $P = \sum_k p_k l_k (s_k "
            r"+ l_k)$, $(1 - u)^2 u G' = P (u - 1) - \mu (u + 1)$, hence $u G' / G = P / \mu - (u "
            r"+ 1) / (u - 1)$:",
            Identity(
                ((_P * (z - 1) - _M * (z + 1)) / (1 - z) ** 2) / (_M / (z - 1)),
                _P / _M - (z + 1) / (z - 1),
            ),
        ),
        Step(
            "imaginary",
            r"on the circle $(u + 1)/(u - 1)$ is imaginary: its real part is",
            Identity(((_x + 1) * (_x - 1) + _y**2) / ((_x - 1) ** 2 + _y**2), 0, given=_ON_CIRCLE),
        ),
        Step(
            "definite",
            r"So on the span of the $g - 1$ vectors $(\bar u^j)_{j < L - 1}$, independent as "
            r"columns of a Vandermonde matrix ($g - 1 \le L - 1$), the Hermitian form is diagonal "
            r"with the entries $|G(u)|^2 (2 P / \mu - (L - 1))$. Under the hypothesis, with $P / "
            r"\mu = (L - 1) / 2 + \delta$, they are positive.",
            Deduction(
                "schur-cohn",
                {
                    "diagonal": _OPPOSITE,
                    "positive": Inequality(
                        _a * (2 * ((_S - 1) / 2 + _delta) - (_S - 1)), {_a: _OPEN, _delta: _OPEN}
                    ),
                },
                r"$G$ has at least $g - 1$ zeros in $|z| < 1$: unstable modes.",
            ),
        ),
        Step(
            "late-completions",
            r"If every $l_k = L / 2 + x$, $x \ge 0$, each class has $l_k (l_k + s_k) > l_k (L - "
            r"1) / 2$.",
            Inequality(
                (_S / 2 + _x) * (_S / 2 + _x + s) - (_S / 2 + _x) * (_S - 1) / 2,
                {_x: Interval(0), s: Interval(0), _S: Interval(1)},
            ),
        ),
        Step(
            "two-classes",
            r"For lengths $x L$ and $L$ with shares $1 - q$ and $q$ it is enough that $q / 2 + (1 "
            r"- q)(x^2 - x/2) \ge 0$ (inputs help, and $L - 1 < L$):",
            Identity(
                _q / 2 + (1 - _q) * (_x**2 - _x / 2),
                (1 - _q) * (_x - Rational(1, 4)) ** 2 + (9 * _q - 1) / 16,
            ),
        ),
        Step(
            "one-ninth",
            r"which is not negative for $q \ge 1/9$; $v$ is the square.",
            Inequality(
                (1 - _q) * _rest + (9 * _q - 1) / 16,
                {_q: Interval(Rational(1, 9), 1), _rest: Interval(0)},
                False,
            ),
        ),
        Step(
            "common-input",
            r"For a common input $\sum_k p_k l_k (l_k + s) / \mu = s + E[T^2] / E[T]$.",
            Identity((_T2 + s * _M) / _M, s + _T2 / _M),
        ),
        Step(
            "even",
            r"For even $g$, $u = -1$ is one of the roots of unity: $G(-1) = \mu / (-2) < 0$, "
            r"while $G(0) = \sum_k p_k (s_k + 1) > 0$.",
            Deduction(
                "intermediate-value",
                {
                    "below": Inequality(-(_M / (-1 - 1)), {_M: _OPEN}),
                    "above": Inequality(p * (s + 1), {p: _OPEN, s: Interval(0)}),
                },
                r"$G$ has a zero in $(-1, 0)$, which is a mode below $-1$.",
            ),
        ),
    ),
    checks=(
        Step(
            "code",
            r"Exact counts on mixes for which the hypothesis holds.",
            ExactFinite(
                r"whether at least $g - 1$ modes are unstable",
                "28 mixes, those for which it holds",
                lambda: [mix for mix in _mixes() if gcd_theorem(mix).late_memory_applies],
                lambda mix: unit_circle_counts(mix, "schur-cohn").outside >= mix.gcd - 1,
                lambda mix: True,
            ),
        ),
    ),
    sharpness=(
        Witness(
            _LATE,
            r"A stable mix of gcd 3. No inputs, lengths $3 n$: a share .164 at $n = 1$ and "
            r"geometric laws of rates .038, .137, .00035 with the weights .0044, .0102, .8214, "
            r"the tail lumped at $n = 120\,000$, in units of $10^{-15}$. Certified: no unstable "
            r"mode, none on the circle.",
            Enclosure(
                "the number of modes on or outside the circle, for this mix of gcd 3",
                lambda: _enclosed(_stable_of_gcd_three(), 3, and_on_circle=True),
                Fraction(-1, 2),
                Fraction(1, 2),
            ),
        ),
        Witness(
            _LATE,
            r"Gcd 4 with one unstable mode, not three: share .15 at $n = 1$, rates .287, .168, "
            r".0026 with the weights .015, .011, .824, lumped at 14 000.",
            Enclosure(
                "the number of unstable modes of this mix of gcd 4",
                lambda: _enclosed(
                    _lumped(4, 14_000, 150, ((15, 287), (11, 168), (824, Fraction(13, 5)))), 4
                ),
                Fraction(1, 2),
                Fraction(3, 2),
            ),
        ),
        Witness(
            _LATE,
            r"Gcd 40 with 37 unstable modes, not 39: $n \le 120$, weights $8211 t_n$, $t_n = (n + "
            r"120)(121 - n)^4$, and with $T = \sum t_n$ besides $1693 T$ at $n = 1$, $24 T$ at 3, "
            r"$72 T$ at 4.",
            Enclosure(
                "the number of unstable modes of this mix of gcd 40",
                lambda: _enclosed(_gcd_forty(), 40),
                Fraction(73, 2),
                Fraction(75, 2),
            ),
        ),
    ),
    lesson=(
        r"Does a common divisor always mean instability? In every mix one would think of, yes: it "
        r"is enough that requests hold their memory late in life. But a tenth of very short "
        r"requests and a broad tail of very long ones can be stable with gcd 3. The counterexample "
        r"has three hundred thousand modes, and every one of them was counted, with proof."
    ),
)


def _lumped(
    gcd: int,
    last: int,
    atom: int,
    parts: tuple[tuple[Fraction | int, Fraction | int], ...],
) -> Workload:
    """Lengths gcd n, n = 1 ... last: an atom and geometric parts, in thousandths, rounded."""
    weights = [0] * (last + 1)
    unit = 10**12
    weights[1] = atom * unit
    for share, rate in parts:
        alive = float(share) * unit
        decay = float(rate) / 1000
        for n_ in range(1, last):
            weights[n_] += round(alive * decay)
            alive *= 1 - decay
        weights[last] += round(alive)
    return Workload.from_classes([(0, gcd * k, w) for k, w in enumerate(weights) if w])


def _stable_of_gcd_three() -> Workload:
    parts = (
        (Fraction(44, 10), 38),
        (Fraction(102, 10), 137),
        (Fraction(8214, 10), Fraction(35, 100)),
    )
    return _lumped(3, 120_000, 164, parts)


def _enclosed(mix: Workload, gcd: int, and_on_circle: bool = False) -> RealEnclosure | None:
    """Return a certified number of modes; None if the gcd is another one, or without a count."""
    counts = unit_circle_counts(mix)
    if mix.gcd != gcd or counts.outside is None or counts.on_circle is None:
        return None
    found = Fraction(counts.outside + (counts.on_circle if and_on_circle else 0))
    return RealEnclosure(found, found)


def _gcd_forty() -> Workload:
    weights = {k: 8211 * (k + 120) * (121 - k) ** 4 for k in range(1, 121)}
    total = sum((k + 120) * (121 - k) ** 4 for k in range(1, 121))
    for k, extra in ((1, 1693), (3, 24), (4, 72)):
        weights[k] += extra * total
    return Workload.from_classes([(0, 40 * k, w) for k, w in weights.items()])


THEOREMS = (R7, R9)
