r"""Which symbols a document uses before it says what they are.

The tree is walked in reading order, and of every block the mathematics is cut into symbols. A
symbol is a letter, a Greek letter or a letter of another alphabet, with what distinguishes it from
the plain letter: an accent, or a raised star or circle; a bar is none, it conjugates. Subscripts
and exponents are read as mathematics of their own: ``g_m`` is the symbol ``g``, at the index ``m``.
Text, names of operators and units are none.

What a block introduces is known in it and after it. (Prose that is given, such as that of records,
introduces what it names or defines: `introduced_in`.) Beside that are known: in a block, the
variable that a sum, product, minimum or maximum runs over, and an index (i, j, k, m, n) that stands
in a subscript or exponent; e with an exponent; the imaginary unit after a thin space; π; Landau's
O; a raised sans-serif T, which transposes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from .tree import (
    CirclePlot,
    Document,
    DocumentBlock,
    Equations,
    Figure,
    Formula,
    Paragraph,
    Statement,
    Table,
)
from .widths import RELATIONS, argument

__all__ = ["introduced_in", "symbols_of", "undefined_symbols"]

_TOKEN = re.compile(r"\\[A-Za-z]+|\\.|[^\\\s]", re.DOTALL)
_GREEK = set(
    _TOKEN.findall(
        r"\alpha\beta\gamma\delta\epsilon\varepsilon\zeta\eta\theta\vartheta\iota\kappa\lambda\mu"
        r"\nu\xi\rho\varrho\sigma\tau\upsilon\phi\varphi\chi\psi\omega\Gamma\Delta\Theta\Lambda\Xi"
        r"\Sigma\Upsilon\Phi\Psi\Omega\ell"
    )
)
_ALPHABETS = {r"\mathcal", r"\mathbb", r"\mathbf", r"\mathsf", r"\mathfrak", r"\boldsymbol"}
_ACCENTS = {r"\hat", r"\tilde", r"\vec", r"\dot", r"\ddot", r"\widehat", r"\widetilde"}
_ACCENTS |= {r"\underline", r"\check"}
_WORDS = {r"\text", r"\mathrm", r"\operatorname", r"\mbox", r"\textrm", r"\textit", r"\begin"}
_WORDS |= {r"\end", r"\label"}
_SUMS = {r"\sum", r"\prod", r"\min", r"\max", r"\bigcup", r"\bigcap", r"\sup", r"\inf"}
_INDICES = set("ijkmn")
_RAISED = {"*", r"\ast", r"\star", r"\circ"}
_OPENING, _CLOSING = {"(", "{", "[", r"\{", r"\lbrace"}, {")", "}", "]", r"\}", r"\rbrace"}
_SETS = {r"\mathbb{N}", r"\mathbb{Z}", r"\mathbb{Q}", r"\mathbb{R}", r"\mathbb{C}"}


def undefined_symbols(document: Document) -> list[tuple[str, str]]:
    r"""Return the symbols that are used before any block introduces them.

    Each is LaTeX, with the title of the section where it is used first ("abstract" before the
    sections), in reading order.

    >>> from stabkit import Document, Paragraph, Section
    >>> said = Paragraph("The kernel $g_m$ has $L$ terms.", introduces=("g_m",))
    >>> undefined_symbols(Document("On kernels", "In short.", (Section("Kernel", (said,)),), ()))
    [('L', 'Kernel')]
    """
    known: set[str] = set()
    found: dict[str, str] = {}
    for title, mathematics, introduced in _blocks(document):
        known |= {symbol for latex in introduced for symbol in symbols_of(latex)[0][:1]}
        for symbol in _used(mathematics):
            if symbol not in known:
                found.setdefault(symbol, title)
    return list(found.items())


def symbols_of(latex: str) -> tuple[list[str], set[str]]:
    r"""Return the symbols of a formula, and the indices that are bound in it.

    >>> symbols_of(r"a^* = \sum_{m=0}^{L-1} g_m \hat{x}")
    (['a^*', 'm', 'L', 'g', '\\hat{x}'], {'m'})
    """
    found: list[str] = []
    bound: set[str] = set()
    _read(_TOKEN.findall(latex), found, bound, False)
    return list(dict.fromkeys(found)), bound


def introduced_in(text: str) -> tuple[str, ...]:
    r"""Return the symbols that prose names or defines: a part of a formula that is a symbol alone.

    The parts are what relations and commas divide. A symbol may have indices and arguments, which
    it introduces as well where they are symbols.

    >>> introduced_in(r"Let $u, v$ be zeros of $f(z) = 1 - c z$, and $0 \le j < l_k$.")
    ('u', 'v', 'f', 'z', 'j', 'l')
    """
    found = [
        symbol
        for latex in _of_prose(text)
        for part in _parts(_TOKEN.findall(latex))
        for symbol in _named(part)
    ]
    return tuple(dict.fromkeys(found))


def _parts(tokens: Sequence[str]) -> Iterator[list[str]]:
    """Yield what relations and commas outside of brackets divide."""
    part: list[str] = []
    depth = 0
    for token in tokens:
        depth += (token in _OPENING) - (token in _CLOSING)
        if depth == 0 and (token == "," or token in RELATIONS):
            yield part
            part = []
        else:
            part.append(token)
    yield part


def _raised(part: Sequence[str]) -> bool:
    return len(part) == 1 and part[0] in _RAISED


def _named(part: Sequence[str]) -> list[str]:
    """Return the symbol that a part of a formula is, and the symbols that it is a function of."""
    name, after = argument(part, 0)
    if part and part[0] in _ALPHABETS | _ACCENTS:
        name, after = argument(part, 1)
        name = [f"{part[0]}{{{''.join(name)}}}"]
    while after < len(part) and part[after] in ("_", "^", "'"):
        after = after + 1 if part[after] == "'" else argument(part, after + 1)[1]
    rest = list(part[after:])
    within = list(_parts(rest[1:-1])) if rest and rest[0] in _OPENING else []
    if len(name) != 1 or (rest and not within):
        return []
    symbols = symbols_of(" ".join(part[:after]))[0][:1]
    return symbols + [one for piece in within for one in (_named(piece) if symbols else [])]


def _used(mathematics: Sequence[str]) -> Iterator[str]:
    read = [symbols_of(latex) for latex in mathematics]
    bound = {index for _, indices in read for index in indices}
    for symbols, _ in read:
        yield from (s for s in symbols if s not in bound and s not in _SETS)


def _read(tokens: Sequence[str], found: list[str], bound: set[str], index: bool) -> None:
    """Collect the symbols; `index` says whether this is a subscript or an exponent."""
    k, before = 0, ""
    while k < len(tokens):
        token, start = tokens[k], k
        k += 1
        if token in _WORDS:
            _, k = argument(tokens, k)
        elif token in ("_", "^"):
            part, k = argument(tokens, k)
            if token == "^" and (_raised(part) or part[:1] == [r"\mathsf"]):
                continue  # read with its letter, or transposes
            if token == "_" and before in _SUMS:
                bound |= {letter for letter in part if letter in _INDICES}
                bound |= set(symbols_of("".join(part))[0][:1])
            _read(part, found, bound, True)
            continue  # a sum may have both limits
        elif token in _ALPHABETS | _ACCENTS:
            part, k = argument(tokens, k)
            _name(f"{token}{{{''.join(part)}}}", tokens, k, found)
        elif token in _GREEK or (len(token) == 1 and token.isalpha() and token.isascii()):
            if index and token in _INDICES:
                bound.add(token)
            if not _constant(token, tokens, start):
                _name(token, tokens, k, found)
        before = token


def _name(symbol: str, tokens: Sequence[str], after: int, found: list[str]) -> None:
    """Add a symbol with the raised star or circle behind it, if there is one."""
    place = after
    while place < len(tokens) and tokens[place] in ("_", "^"):
        part, beyond = argument(tokens, place + 1)
        if tokens[place] == "^" and _raised(part):
            symbol += "^*" if part[0] != r"\circ" else r"^\circ"
        place = beyond
    found.append(symbol)


def _constant(token: str, tokens: Sequence[str], place: int) -> bool:
    """Tell whether it is e with an exponent, the imaginary unit, or Landau's."""
    after = tokens[place + 1] if place + 1 < len(tokens) else ""
    before = tokens[place - 1] if place else ""
    return (
        (token == "e" and after == "^")
        or (token == "i" and (before in (r"\,", r"\pi") or after in (r"\theta", r"\pi")))
        or (token in "oO" and after in ("(", r"\left"))
    )


def _blocks(document: Document) -> Iterator[tuple[str, list[str], Sequence[str]]]:
    """Yield (title of the section, mathematics, what it introduces) of everything that is read."""
    yield "abstract", _of_prose(document.abstract), ()
    for section in document.sections:
        if section.task is not None and not section.blocks:
            yield section.title, _of_prose(section.task), ()
        for block in section.blocks:
            yield section.title, list(_mathematics(block)), _introduced(block)


def _introduced(block: DocumentBlock) -> Sequence[str]:
    if isinstance(block, Statement):
        return [symbol for symbol, _ in block.notation]
    return () if isinstance(block, (Figure, CirclePlot)) else block.introduces


def _mathematics(block: DocumentBlock) -> Iterator[str]:
    if isinstance(block, Formula):
        yield block.latex
    elif isinstance(block, Equations):
        yield from (f"{left} {right}" for left, right in block.lines)
    else:
        yield from (part for text in _prose(block) for part in _of_prose(text))


def _prose(block: DocumentBlock) -> Iterator[str]:
    if isinstance(block, Paragraph):
        yield block.text
    elif isinstance(block, Table):
        yield from (block.caption, *block.heads, *(cell for row in block.rows for cell in row))
    elif isinstance(block, Statement):
        yield from (block.where, *block.hypotheses, block.statement)
    elif isinstance(block, (Figure, CirclePlot)):
        figure = block.figure if isinstance(block, CirclePlot) else block
        yield from (figure.plot.x, figure.plot.y, figure.caption)
        yield from (layer.name for layer in figure.plot.layers)


def _of_prose(text: str) -> list[str]:
    return text.split("$")[1::2]
