"""``stabkit derive``: the whole derivation for a mix, as an article, a worksheet or a web page."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ...errors import InvalidArgument, shown
from ..mix import MixOptions, takes_mix
from ..options import check_targets, flag, option, refuse_beside, target_option
from ..present import Form, Found, form_of, write
from ..terminal import typeset, working

if TYPE_CHECKING:
    from ...model.symbolic import SymbolicWorkload
    from ...publish.derivation import Derivation

__all__ = ["derive"]

_FRAGMENT: dict[str, Form] = {"": "latex", ".tex": "latex"}
_ARTICLE: dict[str, Form] = {**_FRAGMENT, ".pdf": "latex", ".html": "text"}
_BIBTEX: dict[str, Form] = {"": "text", ".bib": "text", ".txt": "text"}


@takes_mix
def derive(
    context: typer.Context,
    source: MixOptions,
    symbolic: str | None = option(
        None,
        "KIND",
        "Keep symbols: 'one-class' or 'two-class' with free lengths, or 'shape': the decode "
        "lengths of MIX with free inputs and shares.",
    ),
    fragment: bool = flag("--fragment", "The sections alone, for \\input in a paper."),
    bibtex: bool = flag("--bibtex", "The references, as BibTeX."),
    exercise: bool = flag(
        "--exercise", "A worksheet with room to write; beside --output FILE goes FILE-solution."
    ),
    output: Annotated[
        Path | None,
        target_option(help="Write to FILE (.tex, .pdf or .html), not the terminal.", dash=True),
    ] = None,
) -> int:
    """Derive the stability of a mix, step by step, as an article.

    Kernel, characteristic equation, survival polynomial, proof of the verdict, roots, synchronised
    modes, threshold, limit cycles, policies and cross-check. A .pdf needs TeX; .tex and .html do
    not.

    \b
    Examples:
      stabkit derive 100:7 100:10 --output mix.pdf
      stabkit derive --symbolic two-class --output theory.tex
      stabkit derive 5:3 5:5 --exercise --output sheet.tex
    """
    if fragment + bibtex + exercise > 1:
        raise InvalidArgument("'--fragment', '--bibtex' and '--exercise' must be given alone.")
    reads = (*(source.mix or ()), source.log)
    check_targets(output, reads=reads)
    form = form_of(output, _BIBTEX if bibtex else _FRAGMENT if fragment else _ARTICLE)
    solution = _solution_path(output) if exercise and output is not None else None
    if solution is not None:
        check_targets(solution, reads=reads)
    with working("deriving"):
        found = _derivation(context, symbolic, source)
        texts = _texts(found, output, fragment, bibtex, exercise)
    beside = {} if solution is None else {solution: typeset(texts[1], solution)}
    return write(Found(texts[0], latex=lambda: texts[0], beside=beside), form, output)


def _solution_path(output: Path) -> Path:
    return output.with_name(f"{output.stem}-solution{output.suffix}")


def _derivation(context: typer.Context, symbolic: str | None, source: MixOptions) -> Derivation:
    from ...publish.derivation import derive as derivation_of

    if symbolic in ("one-class", "two-class"):
        refuse_beside(context, f"--symbolic {symbolic}", *(one.name for one in fields(source)))
        return derivation_of(_free(symbolic))
    if symbolic is None:
        return derivation_of(source.read())
    if symbolic != "shape":
        raise InvalidArgument(
            f"'--symbolic' must be one-class, two-class or shape, not {shown(symbolic)}."
        )
    refuse_beside(context, "--symbolic", "capacity", "log")
    from ...model.symbolic import SymbolicWorkload

    return derivation_of(SymbolicWorkload.shape_of(source.read()))


def _free(kind: str) -> SymbolicWorkload:
    from sympy import symbols

    from ...model.symbolic import SymbolicWorkload

    s, p = symbols("s p")
    if kind == "one-class":
        return SymbolicWorkload.from_classes([(s, symbols("l", integer=True, positive=True), 1)])
    first, second = symbols("l_1 l_2", integer=True, positive=True)
    return SymbolicWorkload.from_classes([(s, first, p), (s, second, 1 - p)])


def _texts(
    found: Derivation, output: Path | None, fragment: bool, bibtex: bool, exercise: bool
) -> tuple[str, ...]:
    """Return what is written to the output, and to the file of the solution."""
    if bibtex:
        return (found.bibtex,)
    if fragment:
        return (found.fragment,)
    html = output is not None and output.suffix.lower() == ".html"
    if exercise:
        return found.exercise_pages if html else (found.worksheet, found.solution)
    return (found.html,) if html else (found.article,)
