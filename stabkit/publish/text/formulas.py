"""Formulas as text: λ, Σ, ≤ and raised digits in place of LaTeX or of sympy's operators.

What a terminal cannot encode is spelled out where text leaves: `stabkit.cli.terminal`.
"""

from __future__ import annotations

import re

from ..layout import width_of_prose

__all__ = ["operators", "plain", "raised", "unbroken"]

_LONG = (30, 60)  # formulas stay on one line up to this, or break at relations alone
_UNBROKEN = "\N{NO-BREAK SPACE}"
_COMMANDS = (
    "lambda=λ alpha=α beta=β chi=χ delta=δ Delta=Δ omega=ω rho=ρ varphi=φ xi=ξ to=→ infty=∞ "
    "mid=| neq=≠ prod=Π max=max left= right= varepsilon=ε kappa=κ sigma=σ eta=η mu=μ pi=π "
    "theta=θ pm=± le=≤ ge=≥ ne=≠ cdot=· circ=° dots=... sum=Σ Phi=Φ min=min cos=cos "
    "operatorname= ,="
)
_SIGNS = dict(command.split("=") for command in _COMMANDS.split())
_BRACES = {"{": "\ue000", "}": "\ue001"}  # of sets, apart from those of LaTeX
_UNBRACED = str.maketrans({"{": "", "}": "", "\ue000": "{", "\ue001": "}"})
_RAISED = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")
_SCRIPT = re.compile(r"([_^])\{([^{}]*)\}")
_BARE = re.compile(r"([_^])\((-?[^() +/-]+)\)")  # scripts that need no brackets
_FRACTION = re.compile(r"\\t?frac\{([^{}]*)\}\{([^{}]*)\}")


def raised(text: str) -> str:
    """Return a formula with whole exponents as raised digits.

    >>> raised("x^2 - 10^-18 + y^n")
    'x² - 10⁻¹⁸ + y^n'
    """
    return re.sub(r"\^(-?\d+)(?![\w.])", lambda found: found[1].translate(_RAISED), text)


def operators(text: str) -> str:
    """Return a formula of sympy's with the signs of mathematics.

    >>> operators("3*p*(s + 4)**2 >= 1")
    '3·p·(s + 4)² ≥ 1'
    """
    text = raised(text.replace("**", "^")).replace("*", "·")
    return text.replace(">=", "≥").replace("<=", "≤")


def plain(text: str) -> str:
    r"""Return prose with LaTeX mathematics as one line of plain text.

    >>> plain(r"If $\tfrac{2}{3} \le \lambda$ and $s_k / \tfrac{1}{2} = 4$.")
    'If 2/3 ≤ λ and s_k / (1/2) = 4.'
    >>> plain(r"$p^{l_{2} - l_{1}} c^{\frac{l_{1}}{g}}$, $x_{k}^{(j)}$ and $g_{i+k} p^{\mathsf T}$")
    'p^(l_2 - l_1) c^(l_1/g), x_k^(j) and g_(i+k) p^T'
    """
    return unbroken(text).replace(_UNBROKEN, " ")


def unbroken(text: str) -> str:
    """Return it with spaces that do not break inside of formulas, but before a relation."""
    return re.sub(r"\$([^$]*)\$", lambda found: _formula(found[1]), text)


def _formula(text: str) -> str:
    text = re.sub(r"\\([{}])", lambda found: _BRACES[found[1]], text)
    text = re.sub(r"\\mathrm\{([^{}]*)\}|\\mathsf\s*", r"\1", text)
    text = re.sub(r"\^(?:\{(\*|\\circ)\}|(\*|\\circ))", r"\1\2", text)
    text = re.sub(r"\\sqrt\{([^{}]*)\}", r"√\1", text)
    text = re.sub(r"/ (\\tfrac\{\d+\}\{\d+\})", r"/ (\1)", text)
    text = re.sub(r"(\\tfrac\{\d+\}\{\d+\}) (?=/|[a-z]|\\lambda|\\kappa)", r"(\1) ", text)
    while _SCRIPT.search(text) or _FRACTION.search(text):  # the inner ones first
        text = _FRACTION.sub(_quotient, _SCRIPT.sub(r"\1(\2)", text))
    text = re.sub(r"\\([a-zA-Z]+|,)", lambda found: _SIGNS[found[1]], text)
    text = text.translate(_UNBRACED)
    while _BARE.search(text):
        text = _BARE.sub(r"\1\2", text)
    text = re.sub(r"\(\(([^()]*)\)\)", r"(\1)", text)
    return _joined(raised(text).split())


def _joined(words: list[str]) -> str:
    """Join a formula with spaces that break, if it is long, at relations, signs and commas."""
    length = sum(map(len, words)) + len(words) - 1
    longest = (min(_LONG[0], width_of_prose() // 2), min(_LONG[1], width_of_prose() - 4))
    text, depth = "", 0
    for word in words:
        comma = text.endswith(",") and (depth == 0 or length > longest[1])
        relation = depth == 0 and word in "=<>≤≥" and length > longest[0]
        sign = depth == 0 and word in "+-" and length > longest[1]
        text += (" " if comma or relation or sign else _UNBROKEN if text else "") + word
        depth += sum(map(word.count, "([")) - sum(map(word.count, ")]"))
    return text


def _quotient(found: re.Match[str]) -> str:
    return "/".join(f"({part})" if re.search(r"[ /]", part) else part for part in found.groups())
