"""Chapter 4, continued: what a common divisor makes unstable at any input, and when."""

from __future__ import annotations

import random
from collections.abc import Iterator
from fractions import Fraction

from sympy import Eq, Ge, Gt, Implies, Poly, Rational, diff, symbols

from stabkit import Workload, gcd_theorem, unit_circle_counts
from stabkit.model.enclosure import RealEnclosure
from stabkit.theorems.claims import Claim, Quantity
from stabkit.theorems.evidence import Enclosed, ExactFinite, Identity, Inequality
from stabkit.theorems.positivity import Interval
from stabkit.theorems.records import Formal, Step, Theorem, Witness
from stabkit.theorems.textbook.algebra import Linearity
from stabkit.theorems.textbook.deduction import Deduction
from stabkit.theorems.textbook.limits import IntermediateValue
from stabkit.theorems.textbook.zeros import SchurCohn

from .notation import g, lam, length, p, s, z
from .objects import common_mixes, mixes
from .quantities import (
    COMMON,
    COMMON_INPUT,
    GCD,
    KERNEL,
    LONGEST,
    MEAN,
    UNSTABLE,
    classes_of,
    common,
    longest,
    mean,
    unstable,
)

__all__ = ["THEOREMS"]

_x, _y, _h = symbols("x y h")
_a, _b, _P, _X, _G = symbols("a b P X G")
_OPEN = Interval(0, open_low=True)
_ON_CIRCLE = (_x**2 + _y**2 - 1,)
_age, _T2, _shortest, _q = symbols(r"R T_2 l_{\min} q")
_even, _below, _Y = symbols("even N_- Y")
_LATE = Gt(_age, (longest - 1) / 2)


def _moment(mix: Workload) -> Fraction:
    return sum((c.share * c.decode_length**2 for c in mix.classes), Fraction(0))


def _memory_age(mix: Workload) -> Fraction:
    terms = (c.share * c.decode_length * (c.decode_length + c.input_length) for c in mix.classes)
    mean_length: Fraction = mix.mean_decode_length
    return sum(terms, Fraction(0)) / mean_length


_AGE = Quantity(
    _age, r"$\sum_k p_k l_k (l_k + s_k) / \sum_k p_k l_k$, in tokens", lambda mix: _memory_age(mix)
)


def _short_and_long(rng: random.Random) -> Iterator[Workload]:
    """Yield mixes of all kinds, with a small share of a much longer length, and a large gcd."""
    yield from common_mixes(rng)
    for factor in (2, 4, 7):
        for weight in (50, 90, 100, Fraction(1000, 9), 120, 500):  # of 1000: 100/9 % is 1/9
            yield Workload.from_classes([(0, 100, 1000 - weight), (0, 100 * factor, weight)])
    yield Workload.from_classes([(5, 4), (3, 4), (7, 4)])
    yield _gcd_forty()


R9 = Theorem(
    label="R9",
    title="Unstable modes at finite input",
    claim=Claim(
        objects=_short_and_long,
        quantities=(
            GCD,
            LONGEST,
            _AGE,
            Quantity(
                unstable,
                "the number of unstable modes",
                lambda mix: unit_circle_counts(mix).outside,
            ),
        ),
        hypotheses=(_LATE,),
        conclusions=(Ge(unstable, g - 1),),
    ),
    uses=("closed-form", "R3b"),
    code=("stabkit.gcd_theorem", "stabkit.unit_circle_counts"),
    steps=(
        Step(
            "reversed",
            r"Let $G^*(z) = z^{L-1} G(1/z)$. At $u^g = 1$, $u \ne 1$, R3b has $G(u) = \mu / (u - "
            r"1)$, for $1/u$ as well; and $u^L = 1$, as $g$ divides $L$. So $G^*(u) = -G(u)$:",
            Identity(
                z ** (longest - 1) * (mean / (1 / z - 1)),
                -mean / (z - 1),
                given=(z**longest - 1,),
            ),
        ),
        Step(
            "diagonal",
            r"Let $K(u, v) = [G^*(u) \overline{G^*(v)} - G(u) \overline{G(v)}] / (1 - u \bar "
            r"v)$. On the diagonal take the radial limit, in the radius $r$: let $a = |G(u)|^2$, "
            r"$b = \operatorname{Re} \overline{G} u G'$ and $h = r - 1$; to first order $|G(r "
            r"u)|^2 = a + 2 b h$ and $|G^*(r u)|^2 = r^{2 (L-1)} |G(u / r)|^2 = (1 + 2 (L - 1) "
            r"h)(a - 2 b h)$, while $1 - r^2 = -2 h$. So $K(u, u) = 2 b - (L - 1) a$,",
            Identity(
                diff(
                    (1 + 2 * (longest - 1) * _h) * (_a - 2 * _b * _h) - (_a + 2 * _b * _h), _h
                ).subs(_h, 0)
                / -2,
                2 * _b - (longest - 1) * _a,
            ),
        ),
        Step(
            "logarithmic-derivative",
            r"where $b / a = \operatorname{Re}[u G' / G]$. By R3b, with $P = \sum_k p_k l_k (s_k "
            r"+ l_k)$, $(1 - u)^2 u G' = P (u - 1) - \mu (u + 1)$, hence $u G' / G = P / \mu - (u "
            r"+ 1) / (u - 1)$:",
            Identity(
                ((_P * (z - 1) - mean * (z + 1)) / (1 - z) ** 2) / (mean / (z - 1)),
                _P / mean - (z + 1) / (z - 1),
            ),
        ),
        Step(
            "imaginary",
            r"on the circle $(u + 1)/(u - 1)$ is imaginary: for $u = x + i y$, with real $x$, "
            r"$y$, its real part is",
            Identity(((_x + 1) * (_x - 1) + _y**2) / ((_x - 1) ** 2 + _y**2), 0, given=_ON_CIRCLE),
        ),
        Step(
            "definite",
            r"So, with $R = P / \mu$, on the span of the $g - 1$ vectors $(\bar u^j)_{j < L - 1}$, "
            r"independent as columns of a Vandermonde matrix ($g - 1 \le L - 1$), the Hermitian "
            r"form is diagonal: for two different roots, with $X$, $Y$ for the values of $G^*$ and "
            r"$x$, $y$ for those of $G$, both signs change. The entries are $a (2 R - (L - 1))$, "
            r"positive under the hypothesis.",
            Deduction(
                SchurCohn(
                    _G,
                    dimension=g - 1,
                    off_diagonal=_X * _Y - _x * _y,
                    given=(_X + _x, _Y + _y),
                    diagonal=_a * (2 * _age - (longest - 1)),
                    domains={_a: _OPEN, _age: Interval((longest - 1) / 2, open_low=True)},
                )
            ),
        ),
    ),
    checks=(
        Step(
            "code",
            r"The margin that the code gives, and the definition.",
            ExactFinite(
                r"$R - (L - 1) / 2$",
                "80 mixes",
                lambda: mixes(random.Random(9)),
                lambda mix: gcd_theorem(mix).late_memory_margin,
                lambda mix: _memory_age(mix) - Fraction(mix.longest_decode - 1, 2),
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
            Enclosed(
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
            Enclosed(
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
            Enclosed(
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


LATE_MEMORY = Theorem(
    label="late-memory",
    title="When requests hold memory late in life",
    claim=Claim(
        objects=_short_and_long,
        quantities=(
            _AGE,
            LONGEST,
            Quantity(
                _shortest,
                "the shortest decode length, in steps",
                lambda mix: min(c.decode_length for c in mix.classes),
            ),
            Quantity(
                _q,
                "the share of the longest decode length",
                lambda mix: sum(
                    (c.share for c in mix.classes if c.decode_length == mix.longest_decode),
                    Fraction(0),
                ),
            ),
            COMMON,
            COMMON_INPUT,
            Quantity(
                _T2,
                r"the second moment $\sum_k p_k l_k^2$",
                lambda mix: _moment(mix),
                summand=p * length**2,
                parts=classes_of,
            ),
            MEAN,
        ),
        hypotheses=(),
        conclusions=(
            Implies(Ge(_shortest, longest / 2), _LATE),
            Implies(Ge(_q, Rational(1, 9)), _LATE),
            Implies(common, Eq(_age, s + _T2 / mean)),
        ),
    ),
    uses=("R9",),
    code=("stabkit.gcd_theorem",),
    steps=(
        Step(
            "late-completions",
            r"If every $l_k = L / 2 + x$, $x \ge 0$, each class has $l_k (l_k + s_k) > l_k (L - "
            r"1) / 2$.",
            Inequality(
                (longest / 2 + _x) * (longest / 2 + _x + s)
                - (longest / 2 + _x) * (longest - 1) / 2,
                {_x: Interval(0), s: Interval(0), longest: Interval(1)},
            ),
        ),
        Step(
            "a-quarter",
            r"If the longest length has the share $q$, it is enough that $q / 2 + \sum_k p_k "
            r"(x_k^2 - x_k / 2) \ge 0$ over the other classes, with $l_k = x_k L$ (inputs help, "
            r"and $L - 1 < L$). Each of these has at least $-1/16$ for its bracket:",
            Identity(_x**2 - _x / 2, (_x - Rational(1, 4)) ** 2 - Rational(1, 16)),
        ),
        Step(
            "one-ninth",
            r"and $q / 2 - (1 - q) / 16$ is not negative for $q \ge 1/9$.",
            Inequality(
                _q / 2 - (1 - _q) / 16, {_q: Interval(Rational(1, 9), 1, closed=True)}, False
            ),
        ),
        Step(
            "common-input",
            r"For a common input $\sum_k p_k l_k (l_k + s) = s \mu + T_2$.",
            Deduction(
                Linearity(
                    Eq(_P, s * mean + _T2),
                    {_P: p * length * (length + s), mean: p * length, _T2: p * length**2},
                )
            ),
        ),
    ),
    lesson=(
        r"Late in life is where a request is heavy. If the long requests are not rare, or all are "
        r"about equally long, or prompts are long, most of the memory-time is spent there, and "
        r"then a common divisor cannot be hidden: R9 holds whatever the other numbers are."
    ),
)


def _left_of_minus_one(mix: Workload) -> int:
    """Return the number of real modes below -1, with sympy's Sturm sequences."""
    kernel = [KERNEL.value(mix, m_) for m_ in range(mix.longest_decode)]
    whole = Poly([Rational(x) for x in kernel], lam)
    return int(whole.count_roots(None, -1)) - (1 if whole.eval(-1) == 0 else 0)


EVEN_GCD = Theorem(
    label="even-gcd",
    title="An even gcd is always unstable",
    claim=Claim(
        objects=mixes,
        quantities=(
            GCD,
            Quantity(_even, "the gcd of the decode lengths is even", lambda mix: mix.gcd % 2 == 0),
            Quantity(_below, r"the number of real modes $\lambda < -1$", _left_of_minus_one),
            UNSTABLE,
        ),
        hypotheses=(_even,),
        conclusions=(Ge(_below, 1), Ge(unstable, 1)),
    ),
    uses=("R3b",),
    code=("stabkit.gcd_theorem",),
    steps=(
        Step(
            "real-mode",
            r"For even $g$, $u = -1$ is a root of unity: by R3b $G(-1) = \mu / (-2) < 0$, while "
            r"$G(0) = g_0 = \sum_k p_k (s_k + 1)$ is some $a > 0$. $G$ has a zero in $(-1, 0)$, "
            r"which is a mode below $-1$.",
            Deduction(
                IntermediateValue(
                    _G,
                    ends=(-1, 0),
                    at_low=mean / (-1 - 1),
                    at_high=_a,
                    domains={mean: _OPEN, _a: _OPEN},
                )
            ),
        ),
    ),
    sharpness=(
        Witness(
            _even,
            r"With the gcd 3 there is a stable mix: see R9. And lengths 3 and 6 with inputs 9 have "
            r"two unstable modes, none of them real.",
            ExactFinite(
                "unstable modes, and real ones below $-1$",
                "one mix",
                lambda: [Workload.from_classes([(9, 3), (9, 6)])],
                lambda mix: (unit_circle_counts(mix).outside, _left_of_minus_one(mix)),
                lambda mix: (2, 0),
            ),
        ),
    ),
    formal=Formal("EvenGcd.v", ("even_gcd_real_mode", "even_gcd_unstable"), "cd0b46de76d75837"),
    lesson=(
        r"If every request lives an even number of steps, odd and even steps are two servers that "
        r"share one memory. A little more in the one means a little less in the other, and the "
        r"growth of requests under way makes the difference larger, at any length of prompts."
    ),
)


THEOREMS = (R9, LATE_MEMORY, EVEN_GCD)
