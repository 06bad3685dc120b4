"""Chapter 2, continued: the synchronised modes of any mix with long inputs."""

from __future__ import annotations

from fractions import Fraction

from sympy import (
    Abs,
    Eq,
    Gt,
    I,
    Le,
    Lt,
    Poly,
    Rational,
    Symbol,
    cyclotomic_poly,
    diff,
    divisors,
    symbols,
)

from stabkit import Workload, synchrony
from stabkit.theorems.claims import Claim, Quantity
from stabkit.theorems.evidence import ExactFinite, Identity, Numeric
from stabkit.theorems.positivity import Interval
from stabkit.theorems.records import Step, Theorem, Witness
from stabkit.theorems.textbook.deduction import Deduction
from stabkit.theorems.textbook.zeros import Rouche

from .notation import g, length, s, z
from .quantities import (
    GCD,
    MEAN,
    class_form,
    mean,
)
from .root_balls import (
    distance_to_zeros,
    kernel_values,
    modulus_nearest,
    synchronous_zeros,
)

__all__ = ["THEOREMS"]

_G, _line, _bend = symbols("G h M")
_OPEN = Interval(0, open_low=True)
_value, _Psum, _e, _kappa, _x, _y = symbols("v P e kappa x y")
_c = symbols("c")


def _weight(mix: Workload) -> Fraction:
    terms = (c.share * c.decode_length * (c.input_length + c.decode_length) for c in mix.classes)
    return sum(terms, Fraction(0))


def _newton_step(mix: Workload) -> Fraction:
    mean_length: Fraction = mix.mean_decode_length
    return mean_length / _weight(mix)


def _curvature(mix: Workload) -> Fraction:
    """Return kappa = 2 M e / P, M = sum m (m - 1) g_m (1 + 2 e)^m."""
    e = _newton_step(mix)
    kernel = enumerate(kernel_values(mix))
    bound = sum((k * (k - 1) * x * (1 + 2 * e) ** k for k, x in kernel), Fraction(0))
    return 2 * bound * e / _weight(mix)


def _first_modulus(mix: Workload) -> float:
    root = synchrony(mix).modes[0].root
    assert root is not None
    return float(abs(root.value))


def _value_at_unity(mix: Workload) -> Fraction | None:
    """Return (omega - 1) G(omega) if it is one rational for all omega: remainders by Phi_d."""
    kernel = [Rational(x) for x in reversed(kernel_values(mix))]
    whole = Poly(kernel, z) * Poly(z - 1, z)
    found = {whole.rem(Poly(cyclotomic_poly(d, z), z)) for d in divisors(mix.gcd) if d > 1}
    if len(found) != 1 or next(iter(found)).degree() > 0:
        return None
    constant = next(iter(found)).eval(0)
    return Fraction(int(constant.p), int(constant.q))


R3B = Theorem(
    label="R3b",
    title="Synchronised modes of any mix with long inputs",
    claim=Claim(
        objects=synchronous_zeros,
        quantities=(
            GCD,
            MEAN,
            Quantity(
                _value,
                r"the value of $(\omega - 1) G(\omega)$ for a $g$-th root of unity $\omega \ne 1$",
                lambda drawn: _value_at_unity(drawn.mix),
            ),
            Quantity(
                _e,
                r"$\mu / P$, where $P = \sum_k p_k l_k (s_k + l_k)$",
                lambda drawn: _newton_step(drawn.mix),
            ),
            Quantity(
                _kappa,
                r"$2 M e / P$, where $M = \sum_m m (m - 1) g_m (1 + 2 e)^m$; if all inputs grow "
                r"by one factor, it falls like the inverse of that factor",
                lambda drawn: _curvature(drawn.mix),
            ),
            Quantity(
                _y,
                r"the distance of $\omega - G(\omega) / G'(\omega)$, what one Newton step from "
                r"$\omega$ gives, from the nearest zero of $G$",
                lambda drawn: distance_to_zeros(kernel_values(drawn.mix), drawn.newton()),
            ),
            Quantity(
                _x,
                r"the modulus of that nearest zero $z$; $\lambda = 1 / z$ is a mode",
                lambda drawn: modulus_nearest(kernel_values(drawn.mix), drawn.newton()),
            ),
        ),
        hypotheses=(Gt(g, 1), Lt(_kappa, Rational(2, 5))),
        conclusions=(
            Eq(_value, mean),
            Le(_y, _kappa * _e),
            Le(Abs(_x - (1 - _e)), _kappa * _e + g * _e**2 / 3),
        ),
    ),
    uses=("closed-form", "R1", "R1b"),
    code=("stabkit.synchrony",),
    steps=(
        Step(
            "value",
            r"In the closed form of one class put $z^l = 1$: $(1 - z)^2 G = l (z - 1)$, so that "
            r"$G(\omega) = \sum_k p_k l_k / (\omega - 1)$, whatever the inputs.",
            Identity(class_form(length), length * (z - 1), given=(z**length - 1,)),
        ),
        Step(
            "slope",
            r"Differentiated there: $(1 - z)^2 z G' - 2 z (1 - z) G$ is $z$ times the derivative "
            r"of the closed form, so that $(1 - z)^2 \omega G'(\omega) = \sum_k p_k l_k [(s_k + "
            r"l_k) (\omega - 1) - (\omega + 1)]$.",
            Identity(
                z * diff(class_form(length), z) + 2 * z * (1 - z) * (length / (z - 1)),
                length * ((s + length) * (z - 1) - (z + 1)),
                given=(z**length - 1,),
            ),
        ),
        Step(
            "newton",
            r"So $G / (\omega G')$ is $\mu / (P - \mu (\omega + 1) / (\omega - 1))$,",
            Identity(
                (mean / (z - 1)) / ((_Psum * (z - 1) - mean * (z + 1)) / (1 - z) ** 2),
                mean / (_Psum - mean * (z + 1) / (z - 1)),
            ),
        ),
        Step(
            "imaginary",
            r"where $(\omega + 1)/(\omega - 1) = -i c$ is imaginary, $c = \cot(\pi k / g)$: for "
            r"$\omega = x + i y$, with $x$ and $y$ for the two parts of $\omega$ in this step "
            r"alone, its real part is",
            Identity(
                ((_x + 1) * (_x - 1) + _y**2) / ((_x - 1) ** 2 + _y**2),
                0,
                given=(_x**2 + _y**2 - 1,),
            ),
        ),
        Step(
            "one-zero",
            r"Hence the Newton step has at most the length $e$, and $N = |G'(\omega)| \ge P / 2$. "
            r"Compare $G$ with its tangent at $\omega$, $h$, on the circle of radius $\tau = "
            r"\kappa e$ around the zero $\zeta$ of $h$: there $|h| = N \tau \ge P \kappa e / 2 = M "
            r"e^2$, and $|G - h| \le \frac{M}{2} (e + \tau)^2 = \frac{M}{2} e^2 (1 + \kappa)^2$, "
            r"for $M$ bounds $|G''|$ in $|z - \omega| \le 2 e$. (If $M = 0$, $G$ is its tangent.)",
            Deduction(
                Rouche(
                    _G,
                    _line,
                    bound=_bend / 2 * _e**2 * (1 + _kappa) ** 2,
                    floor=_bend * _e**2,
                    domains={_kappa: Interval(0, Rational(2, 5)), _bend: _OPEN, _e: _OPEN},
                    region=Symbol(r"|{z} - \zeta| < \tau"),
                )
            ),
        ),
        Step(
            "modulus",
            r"And $|\mu / (P + i \mu c) - \mu / P| = e^2 |c| / |1 + i e c| \le e^2 |c|$, with $|c| "
            r"\le \cot(\pi / g) \le g / \pi < g / 3$: the step is $e$ inwards up to that, for",
            Identity(_e / (1 + I * _e * _c) - _e, -I * _e**2 * _c / (1 + I * _e * _c)),
        ),
    ),
    checks=(
        Step(
            "code",
            r"The certified synchronised roots against the prediction; the tolerance is the "
            r"second order, $10 \mu^2 / P^2$, at the inputs used.",
            Numeric(
                r"$|\lambda| - 1$",
                "four mixes with inputs of about 10 000",
                lambda: [
                    Workload.from_classes([(10_000, 4), (20_000, 6)]),
                    Workload.from_classes([(15_000, 3, 2), (10_000, 9, 1)]),
                    Workload.from_classes([(10_000, 2), (12_000, 4), (9_000, 6)]),
                    Workload.from_classes([(10_000, 5), (50_000, 10)]),
                ],
                _first_modulus,
                lambda mix: synchrony(mix).modes[0].predicted_growth,
                1e-7,
            ),
        ),
    ),
    sharpness=(
        Witness(
            Gt(g, 1),
            r"Coprime lengths have no synchronised mode.",
            ExactFinite(
                "synchronised modes",
                "lengths 2 and 3",
                lambda: [Workload.from_classes([(100, 2), (100, 3)])],
                lambda mix: len(synchrony(mix).modes),
                lambda mix: 0,
            ),
        ),
    ),
    lesson=(
        r"Whatever the inputs, a wave in step with $g$ finds the same resistance, $\mu / (\omega - "
        r"1)$: growth while being served. How fast it grows depends on the memory that it has to "
        r"move, $\sum p l (s + l)$: for long inputs $|\lambda| = 1 + \mu / P$ up to the square. A "
        r"rule for the blackboard: growth per step is the number of tokens that one admission "
        r"decodes, over the token-steps that it reserves."
    ),
)

THEOREMS = (R3B,)
