r"""What the theorems say that a derivation uses, in the letters of a derivation.

A record states what a machine decides, in letters of its own. An article that quotes ten of them
has one meaning for each letter; so here is the same in its letters, and nothing beyond the record.
Known to all of them are the letters of the model,

    s_k, l_k, p_k, B, L, g, \mu, a_n, a^*, g_m, G, F, z, \lambda, S_m, A;

a statement's own are in its notation. The status comes from the record, and its proof stands there.
"""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["STATEMENTS", "Wording"]


class Wording(NamedTuple):
    """A statement with its own symbols and its hypotheses, prose with mathematics."""

    statement: str
    hypotheses: tuple[str, ...] = ()
    notation: tuple[tuple[str, str], ...] = ()


_COMMON = r"All classes have one input length $s$."
_ONE = r"All classes have one decode length $l$."
_S = ("s", "the input length, in tokens")
_MEAN = (r"\bar{s}", "the mean input length, in tokens")
_L = ("l", "the decode length, in steps")
_UNITY = (r"\omega", r"any root of unity with $\omega^g = 1$, $\omega \ne 1$")
_COHORTS = ("D_0", r"$\sum_k p_k (1 - w^{l_k/g}) / (1 - w)$, a polynomial in $w$")
_BOUND = (
    r"s^\circ",
    r"$-(g + 1)/2 - g \min_{|w| = 1} \operatorname{Re} (w D_0'(w) / D_0(w))$, in tokens",
)
_LARGEST = (
    "s^*",
    "the largest input length, common to all classes, at which a mode is on the unit circle, in "
    "tokens; $-1$ where there is none",
)

STATEMENTS: dict[str, Wording] = {
    "R1": Wording(
        r"No root of $A$ lies outside of the unit circle. On it lie exactly the $g - 1$ numbers "
        r"$\omega$, each of them simple: the cyclotomic polynomials $\Phi_d$ with $d \mid g$, "
        r"$d > 1$ divide $A$.",
        notation=(
            _UNITY,
            (r"\Phi_d", "the polynomial of the primitive roots of unity of order $d$"),
            ("d", "a divisor of $g$"),
        ),
    ),
    "R1b": Wording(
        r"For every $m$ with $0 \le m < L$ the quotient $g_m / \sum_k p_k s_k$ is at least "
        r"$\hat{S}_m$, and exceeds it by at most $L / \sum_k p_k s_k$. So $F / \sum_k p_k s_k$ "
        r"tends to the polynomial $\sum_m \hat{S}_m \lambda^{L-1-m}$ when all inputs grow in "
        r"proportion.",
        ("$s_k > 0$ for every class.",),
        (
            (
                r"\hat{S}_m",
                r"the survival function weighted by memory, $\sum_{k:\, l_k > m} p_k s_k / \sum_k "
                r"p_k s_k$",
            ),
        ),
    ),
    "R2": Wording(r"$F(\lambda) = (s + L) A(\lambda) - \lambda A'(\lambda)$.", (_COMMON,), (_S,)),
    "R3": Wording(
        r"Exactly $\nu$ roots of $F$ lie in $|\lambda - \alpha| < \Delta / 2$. One of them is "
        r"$\alpha$, with the multiplicity $\nu - 1$, and one is within $2 (L - 1) \nu |\alpha| "
        r"(1 + 2 |\alpha| / \Delta) \varepsilon^2$ of $\alpha (1 + \nu \varepsilon)$.",
        (_COMMON, r"$2 (L - 1) (1 + 2 |\alpha| / \Delta) \varepsilon < 1$."),
        (
            (r"\varepsilon", "$1 / (s + L)$"),
            (r"\alpha", "a root of $A$"),
            (r"\nu", "its multiplicity"),
            (r"\Delta", "its distance from the other roots of $A$"),
        ),
    ),
    "R3a": Wording(
        "The equilibrium is stable if and only if $g = 1$; at least $g - 1$ modes are unstable.",
        (_COMMON, "There are two different decode lengths.", "$s > s^*$."),
        (_LARGEST,),
    ),
    "R3b": Wording(
        r"$(\omega - 1) G(\omega) = \mu$. What one Newton step from $\omega$ gives is within "
        r"$\varepsilon \eta$ of a zero $z$ of $G$, whose modulus differs from $1 - \varepsilon$ by "
        r"at most $\varepsilon^2 g / 3 + \varepsilon \eta$; $\lambda = 1 / z$ is a mode.",
        ("$g > 1$.", r"$\eta < 2/5$."),
        (
            _UNITY,
            ("W", "$\\sum_k p_k l_k (s_k + l_k)$"),
            (r"\varepsilon", r"$\mu / W$"),
            (
                r"\eta",
                r"$(2 \varepsilon / W) \sum_m m (m - 1) g_m (1 + 2 \varepsilon)^m$, which falls "
                "like the inverse of the inputs if all of them grow",
            ),
        ),
    ),
    "R4": Wording(
        r"Exactly one $p$ with $0 < p < 1$ solves $p^{l_2} (l_2 - l_1)^{l_2 - l_1} l_1^{l_1} = "
        r"(1 - p)^{l_1} l_2^{l_2}$. If $l_1 / g$ is even, it is the one share for which $A$ has "
        r"multiple roots: the $g$ roots of $\lambda^g + c$, each of them double, with the $c > 0$ "
        r"for which $c^{l_1 / g} l_2 = p (l_2 - l_1)$. If $l_1 / g$ is odd, there is none.",
        ("There are two classes, with $l_1 < l_2$.",),
        (("p", "the share of the first class"), ("c", "a number")),
    ),
    "R5": Wording(
        r"All roots of $F$ lie in the annulus $(\bar{s} + l)/(\bar{s} + l - 1) \le |\lambda| \le "
        r"(\bar{s} + 2)/(\bar{s} + 1)$: every one of the $l - 1$ modes is unstable.",
        (_ONE, r"$l \ge 2$."),
        (_L, _MEAN),
    ),
    "R6": Wording(
        r"The state with $(i + 1) b_i$ requests in stage $i$, $b_i$ in every later stage and none "
        r"before returns after $l$ steps, of which $l - i$ admit and $i$ evict; $l b_i$ requests "
        r"complete in them. Level 0 is the equilibrium, $b_0 = a^*$; at level $l - 1$ it is "
        r"$l b_{l-1} = B / (\bar{s} + l)$.",
        (_ONE, r"The start is of product form: $p_k$ times the same numbers in every class $k$."),
        (
            ("i", r"the level, $0 \le i < l$"),
            (
                "b_i",
                r"$B / ((i + 1)(\bar{s} + i + 1) + (l - i - 1)(\bar{s} + 1 + (l + i)/2))$, a "
                r"number of "
                "requests",
            ),
            _L,
            _MEAN,
        ),
    ),
    "worst-cycle": Wording(
        r"On the cycle of level $l - 1$, one cohort that fills the memory, $B / (l (\bar{s} + "
        r"l))$ requests complete per step. The loss $1 - B / (l (\bar{s} + l) a^*)$ is $(l - 1) / "
        r"(2 (\bar{s} + l))$, less than one half; for $l > (\bar{s} + 1)/(2 \xi)$ it exceeds $1/2 "
        r"- \xi$.",
        (_ONE,),
        (_L, _MEAN, (r"\xi", "any positive number")),
    ),
    "R6a": Wording(
        "The parts of the set of states that never get to the worst cycle, up to a depth, have "
        "dimensions of at most $l - 2$, one less than that of all states with full memory. A "
        "start with full memory whose other requests together are fewer than $Y / (\\bar{s} + l)$ "
        "has all its requests in one stage after $l$ steps.",
        (_ONE,),
        (_L, _MEAN, ("Y", "the largest cohort of the start")),
    ),
    "R7": Wording(
        r"Exactly $g - 1$ modes are unstable and none is on the circle: the equilibrium is stable "
        r"if and only if $g = 1$. For one input length $s$, common to all classes, the hypothesis "
        r"is that $s > s^\circ$.",
        (
            r"$\min_{|w| = 1} \operatorname{Re} \frac{D_1(w) + g w D_0'(w)}{D_0(w)} > "
            r"-\frac{g + 1}{2}$.",
        ),
        (
            ("w", "a complex number"),
            _COHORTS,
            ("D_1", r"$\sum_k p_k s_k (1 - w^{l_k/g}) / (1 - w)$"),
            _S,
            _BOUND,
        ),
    ),
    "R8": Wording(
        r"There are at most $L - 1$ crossings. With an input $s$ that is none, no mode is on the "
        r"circle; between neighbouring crossings the number of unstable modes is the same. For "
        r"$s > s^*$ exactly $g - 1$ modes are unstable. If there are crossings, $s^* \le s^\circ$.",
        (_COMMON,),
        (
            (
                "S",
                r"the survival function's generating function, $S(z) = \sum_m S_m z^m$. A number "
                r"$t \ge 0$ is a crossing if $t S(z) + (z S(z))' = 0$ for some $z$ with $|z| = 1$",
            ),
            ("t", "an input length"),
            _S,
            _LARGEST,
            ("w", "a complex number"),
            _COHORTS,
            _BOUND,
        ),
    ),
    "R9": Wording(
        r"At least $g - 1$ modes are unstable.",
        (r"$\sum_k p_k l_k (l_k + s_k) / \sum_k p_k l_k > (L - 1)/2$.",),
    ),
    "R10": Wording(
        r"After every $g$ steps, evictions included, the state is what one step makes of it in the "
        r"renormalised mix, with inputs $s_k / g$, decode lengths $l_k / g$, the same shares and "
        r"the capacity $B / g$. The equilibrium of that is a limit cycle of period $g$ which loses "
        r"the share $\mu (g - 1) / (2 g H)$ of the throughput, less than one half. A state near "
        r"it, with a few requests out of step, is in step after $L$ steps.",
        (r"All requests are in stages that are $-1$ modulo $g$ at first.",),
        (
            (
                "H",
                r"$\sum_k p_k \sum_{i < l_k / g} (s_k + (i + 1) g)$, the memory of an admission "
                "in every round, in tokens",
            ),
        ),
    ),
    "R12": Wording(
        r"The equilibrium of the classes (input, decode length, share) $(0, 6, 2/5)$, $(5, 1, 3/5)$"
        r" is stable, with a spectral radius between 0.99742 and 0.99744. Yet its run from the "
        r"empty memory converges to a periodic orbit of 29 steps, 4 of which evict; deviations "
        r"from that orbit halve every six periods, and its largest Floquet multiplier has a "
        r"modulus between 0.5592 and 0.5594."
    ),
    "R13": Wording(
        r"$V = 2 y_0 / g_0 - 1 \ge 0$. It is 0 if all requests are alike.",
        ("The equilibrium is stable, or all requests are alike.",),
        (
            (
                "y_0",
                r"the first of the numbers that solve $\sum_i (g_{i+j} y_i + g_i y_{i+j}) = q_j$ "
                r"for $0 \le j < L$, with $g_m = 0$ for $m \ge L$",
            ),
            ("q_j", r"$\sum_k p_k \sum_{m < l_k - j} (s_k + m + 1)(s_k + m + j + 1)$"),
        ),
    ),
    "R14": Wording(
        r"The number of requests that complete in a long window has a variance of $\sum_k p_k M_k^2"
        r" / (\sum_k p_k M_k)^2 - 1$ per step and $a^*$.",
        ("The equilibrium is stable.",),
    ),
    "rate-limited": Wording(
        r"From step $L$ on every step admits $r$ requests and evicts none; from step $2 L$ on "
        r"every step completes $p_k r$ requests of each class $k$.",
        (r"At most $r \le a^*$ requests are admitted in a step, of those that fit.",),
        (("r", "the limit, in requests per step"),),
    ),
    "damped": Wording(
        r"While nothing has been evicted for $L$ steps, $g_0 a_n + \kappa \sum_{m \ge 1} g_m "
        r"a_{n-m} = \kappa B$. The constant solution is $\kappa B / (g_0 + \kappa (G(1) - g_0))$ "
        r"admissions per step, which fill $\kappa G(1) / (g_0 + \kappa (G(1) - g_0))$ of the "
        r"memory. If $\kappa (G(1) - g_0) < g_0$, all roots of the characteristic polynomial lie "
        "inside of the circle.",
        (r"The fraction $\kappa$ of what fits is admitted, $0 < \kappa \le 1$.",),
    ),
    "headroom": Wording(
        r"Nothing is ever evicted. From step $L$ on, whenever a step admits, the memory is full up "
        r"to the watermark: $\sum_m g_m a_{n-m} = (1 - \eta) B$. From the empty memory, $(1 - \eta)"
        r" B / (\bar{s} + 1) \le B / (\bar{s} + l)$ requests complete in every $l$ steps.",
        (
            _ONE,
            r"What fits into $(1 - \eta) B$ is admitted, and evicted is above $B$, with $\eta \ge "
            r"(l - 1) / (\bar{s} + l)$.",
            r"The start holds at most $(1 - \eta) B$ tokens, and is of product form: $p_k$ times "
            "the same numbers in every class $k$.",
        ),
        ((r"\eta", "the watermark, a share of the capacity"), _L, _MEAN),
    ),
    "reservation": Wording(
        r"Nothing is ever evicted, and from step $L$ on all of $B$ is reserved. Of the roots of "
        r"$\sum_k p_k (s_k + l_k) \sum_{m < l_k} \lambda^{L-1-m}$ none is outside of the circle, "
        r"and on it are exactly the $g$-th roots of unity other than 1. At the equilibrium "
        r"$B / \sum_k p_k l_k (s_k + l_k)$ requests are admitted per step.",
        (
            r"From its admission on a request of class $k$ holds $s_k + l_k$ tokens.",
            "What the requests of the start hold at most in their lives fits into $B$.",
        ),
    ),
}
