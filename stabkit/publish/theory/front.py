r"""What stands around the chapters: question, model, letters, statuses, and what uses what."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import groupby

from ...theorems.checked import CheckedTheorem
from ...theorems.evidence import MEANINGS
from ...theorems.records import Theorem
from ..document.latex_words import escaped, prose
from ..document.symbols import introduced_in
from .chapters import chapters_drawn

__all__ = [
    "anchor",
    "called",
    "introduction",
    "letters_known",
    "letters_of_the_model",
    "symbols_listed",
]

_COMMON = 4  # records from which on a letter is introduced once for all
_MAIN = 0.7  # the part of a letter's uses that its main meaning must have
_QUESTION = """
A server for large language models keeps, for every request that it works on, the keys and values
of all tokens so far. This memory grows by one token per request and decode step, and it is finite.
Requests are admitted as long as they fit; since they grow afterwards, the memory may overflow, and
then requests are evicted and their work is lost. Even when requests never stop arriving and are
all of the same kinds, day in day out, the number in service need not settle: a surplus of
admissions is answered only when these requests complete, and by then each of them holds more than
when it came. The question of this text is when the steady state of such a server is stable, what
happens when it is not, and what an admission policy can do about it.
"""
_MODEL = r"""
Time is counted in steps of the batch, $n = 0, 1, 2, \dots$ A \emph{mix} has classes
$k = 1, \dots, K$; a request of class $k$ has the input length $s_k \ge 0$ and the decode length
$l_k \ge 1$, and of all admissions the share $p_k > 0$ is of class $k$, $\sum_k p_k = 1$. We write
$S$ and $T$ for input and decode length of a random request, $P$ for probabilities and $E$ for
expectations. In stage $j$, $0 \le j < l_k$, a request has made $j$ decode steps, and holds
$s_k + j + 1$ tokens while the batch executes. There are $x_k^{(j)}$ such requests, and all of them
together may hold no more than the capacity $B$. A step executes the batch: stage $j$ moves on to
stage $j + 1$, and requests of the last stage complete and free their memory. If the survivors need
more than $B$ in the next step, the least advanced are \emph{evicted}, within a stage the same
fraction of every class, and nothing is admitted; else $a_n$ requests are admitted, as many as fit,
split by $p_k$. Requests never stop arriving. Their numbers are real: this is the fluid of a large
server.

While nothing is evicted, the $a_{n-m} p_k$ requests of class $k$ admitted $m < l_k$ steps ago hold
$s_k + m + 1$ tokens each. The admissions therefore satisfy a linear recurrence,
\[
\sum_{m=0}^{L-1} g_m a_{n-m} = B, \qquad
g_m = \sum_k p_k (s_k + m + 1) 1\{m < l_k\} ,
\]
with the longest decode length $L = \max_k l_k$, where $1\{\,\cdot\,\}$ is 1 if what is in the
braces holds and 0 if not. The weights $g_m$ are the \emph{memory kernel} (without an index, $g$ is
the gcd of the decode lengths). Its generating function $G(z) = \sum_m g_m z^m$ and characteristic
polynomial $F(\lambda) = \sum_m g_m \lambda^{L-1-m}$ decide the stability of the steady state, in
which $a^* = B / G(1)$ requests are admitted in every step. The roots of $F$ are the \emph{modes};
one outside of the unit circle is \emph{unstable}, and \emph{synchronised} if it stems from a root
of unity. For long inputs $F$ resembles the \emph{survival polynomial}
$A(\lambda) = \sum_m S_m \lambda^{L-1-m}$ with $S_m = P(T > m)$. The mean
decode length is $\mu = \sum_k p_k l_k$.
"""
_READING = r"""
A result is a record that a machine checks. Its statement is made from a claim, which is decided on
many objects, drawn at random and at the boundary; its proof is a chain of steps, and every
displayed identity, inequality and limit in a step is checked by computer algebra. Textbook
theorems (listed at the end) enter with what they grant and what was checked of them. A display
after a full stop is what the sentences before it rest on. Where it speaks of one class, the index
of the class is left out: $s$, $l$ and $p$ are then $s_k$, $l_k$ and $p_k$, and a sum without limits
is over the classes, or over the classes and their stages. For the number of zeros of $f$ in the
unit disc, with multiplicity, we write $\#\{f = 0,\; |z| < 1\}$; in such regions $z$ is the variable
of the function at hand, whatever it is called elsewhere. Where it is no index, $i$ is the imaginary
unit, and a bar conjugates.

A badge tells how far this goes: the weakest of the steps and of the results that are used. But a
result is \emph{formal}, whatever these are, if the proof assistant Coq has checked a proof of all
of it; that proof starts from the definitions, and takes neither computer algebra nor a textbook for
granted.
The number of objects for which the claim was decided, and held, stands beside the badge. Labels
such as R7 are those of the reference and of the program. The statuses, and how many results have
them:
"""
_LETTERS = """
These mean the same in all results that do not say otherwise; every other letter is introduced where
it is used, and all are listed at the end.
"""
_RAGGED = r">{\raggedright\arraybackslash}p"


def called(theorem: Theorem) -> str:
    """Return the name of a result: its title, after its label if that is one like R7."""
    numbered = theorem.label[:1] == "R" and theorem.label[1:2].isdigit()
    return escaped(f"{theorem.label}: {theorem.title}" if numbered else theorem.title)


def anchor(label: str) -> str:
    """Return a label as LaTeX may refer to it."""
    return label.replace("′", "prime")


def letters_known(found: Sequence[CheckedTheorem]) -> dict[tuple[str, str], int]:
    """Return the letters that mean the same in many results, with the number of these."""
    meanings: dict[str, Counter[str]] = defaultdict(Counter)
    for one in found:
        for symbol, meaning in one.theorem.notation:
            meanings[symbol][meaning] += 1
    main = {symbol: counts.most_common(1)[0] for symbol, counts in meanings.items()}
    return {
        (symbol, meaning): times
        for symbol, (meaning, times) in main.items()
        if times >= _COMMON and times >= _MAIN * meanings[symbol].total()
    }


def letters_of_the_model() -> tuple[str, ...]:
    """Return the symbols that the sections on the model and on reading introduce, as LaTeX."""
    return introduced_in(re.sub(r"\\[\[\]]", "$", _MODEL + _READING))


def introduction(found: Sequence[CheckedTheorem]) -> Iterator[str]:
    """Yield the section before the chapters."""
    yield from (r"\section*{Introduction}", r"\addcontentsline{toc}{section}{Introduction}")
    yield from (r"\subsection*{The question}", _QUESTION.strip())
    yield from (r"\subsection*{The model}", _MODEL.strip())
    letters = letters_known(found)
    if letters:
        yield from (r"\subsection*{Letters}", _LETTERS.strip())
        yield from _table(
            r"lp{.85\linewidth}", [(f"${symbol}$", prose(text)) for symbol, text in sorted(letters)]
        )
    yield from (r"\subsection*{How to read a result}", _READING.strip())
    counts = Counter(one.status for one in found)
    statuses = [(s, escaped(MEANINGS[s]), str(counts[s])) for s in MEANINGS if counts[s]]
    yield from _table(r"lp{.72\linewidth}r", statuses)
    yield r"\subsection*{Which result uses which}"
    yield from (*chapters_drawn(found), *_uses(found))


def _table(columns: str, rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    yield rf"\begin{{center}}\small\begin{{tabular}}{{@{{}}{columns}@{{}}}}"
    yield from (rf"{' & '.join(row)} \\" for row in rows)
    yield r"\end{tabular}\end{center}"


def _uses(found: Sequence[CheckedTheorem]) -> Iterator[str]:
    """Yield all results by chapter: number, title, what they use, status."""
    labels = {one.theorem.label for one in found}
    columns = rf"@{{}}r{_RAGGED}{{.5\linewidth}}{_RAGGED}{{.2\linewidth}}l@{{}}"
    yield rf"{{\small\begin{{longtable}}{{{columns}}}"
    yield r"& result & uses & status \\ \midrule \endhead"
    for chapter, members in groupby(found, lambda one: one.theorem.chapter):
        yield rf"\multicolumn{{4}}{{@{{}}l}}{{\emph{{{escaped(chapter)}}}}} \\*"
        for one in members:
            theorem = one.theorem
            used = ", ".join(_referred(label) for label in theorem.uses if label in labels)
            name = rf"\ref{{{anchor(theorem.label)}}} & {called(theorem)}"
            yield rf"{name} & {used} & {escaped(one.badge)} \\"
    yield r"\end{longtable}}"


def _referred(label: str) -> str:
    return rf"\ref{{{anchor(label)}}}"


def symbols_listed(found: Sequence[CheckedTheorem]) -> Iterator[str]:
    """Yield the letters of single results, and where they are introduced."""
    known, places = letters_known(found), defaultdict(list)
    for one in found:
        for pair in one.theorem.notation:
            if pair not in known:
                places[pair].append(_referred(one.theorem.label))
    if not places:
        return
    yield r"\section*{List of symbols}"
    yield r"\addcontentsline{toc}{section}{List of symbols}"
    columns = rf"@{{}}l{_RAGGED}{{.7\linewidth}}{_RAGGED}{{.12\linewidth}}@{{}}"
    yield rf"{{\footnotesize\begin{{longtable}}{{{columns}}}"
    for (symbol, meaning), where in sorted(places.items(), key=lambda item: _order(item[0])):
        yield rf"${symbol}$ & {prose(meaning)} & {', '.join(where)} \\"
    yield r"\end{longtable}}"


def _order(pair: tuple[str, str]) -> tuple[str, ...]:
    bare = re.sub(r"\\(var|mathrm)?|[{}]", "", pair[0])
    return (bare.lower()[:1], bare, pair[1])
