r"""Words as LaTeX: whatever a user calls a workload prints as text.

What is special to LaTeX is escaped, and characters that pdfLaTeX does not know are written as their
code points.
"""

from __future__ import annotations

import unicodedata

from .line_breaking import breakable
from .tree import CITATION, REFERENCE

__all__ = ["escaped", "prose", "unbroken"]

_SPECIAL = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "#": r"\#",
    "%": r"\%",
    "_": r"\_",
    "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    '"': "''",
    "`": r"{\textasciigrave}",
    "′": r"$'$",
    "–": "--",
    "—": "---",
    "‘": "`",
    "’": "'",
    "“": "``",
    "”": "''",
    "…": r"\ldots{}",
}
_LONGEST_WORD = 24


def escaped(text: str) -> str:
    r"""Return text such that LaTeX prints it as it is.

    Accents and umlauts of Latin letters are kept; any other character outside of ASCII becomes its
    code point in brackets, and control characters a question mark. Long words may be broken.

    >>> print(escaped("50 % of $x_1$ & \\input{a}"))
    50 \% of \$x\_1\$ \& \textbackslash{}input\{a\}
    >>> print(escaped("Müller " + chr(0x4E2D)))
    Müller [U+4E2D]
    """
    return " ".join(_word(word) for word in text.split(" "))


def unbroken(text: str) -> str:
    """Return the same for the properties of a PDF, where nothing is broken."""
    return "".join(map(_character, unicodedata.normalize("NFC", text)))


def _word(word: str) -> str:
    parts = [_character(c) for c in unicodedata.normalize("NFC", word)]
    if len(word) <= _LONGEST_WORD:
        return "".join(parts)
    return r"\hspace{0pt}".join("".join(parts[k : k + 8]) for k in range(0, len(parts), 8))


def _character(c: str) -> str:
    if c in _SPECIAL:
        return _SPECIAL[c]
    if " " <= c <= "~" or c in "ÄÖÜäöüßÉéÈèÊêËëÁáÀàÂâÍíÌìÎîÏïÓóÒòÔôÚúÙùÛûÇçÑñÅåØøÆæ":
        return c
    return "?" if unicodedata.category(c) == "Cc" else f"[U+{ord(c):04X}]"


def prose(text: str, longest: float = 12.0) -> str:
    r"""Return prose as LaTeX: mathematics between dollar signs, [key2026], (eq:label), (fig:label).

    Formulas wider than `longest` ems may be broken at more places than TeX breaks them by itself.

    >>> print(prose(r"50 % if $x_k \le 1$ by (eq:balance) [Marden1966]"))
    50 \% if $x_k \le 1$ by \eqref{eq:balance} \cite{Marden1966}
    """
    parts = text.split("$")
    return "$".join(
        breakable(part, longest) if k % 2 else _words(part) for k, part in enumerate(parts)
    )


def _words(text: str) -> str:
    parts = CITATION.split(text)
    return "".join(rf"\cite{{{p}}}" if k % 2 else _referring(p) for k, p in enumerate(parts))


def _referring(text: str) -> str:
    parts = REFERENCE.split(text)
    return "".join(_reference(p) if k % 2 else escaped(p) for k, p in enumerate(parts))


def _reference(label: str) -> str:
    kind = label.partition(":")[0]
    if kind == "eq":
        return rf"\eqref{{{label}}}"
    return rf"{'Figure' if kind == 'fig' else 'Table'}~\ref{{{label}}}"
