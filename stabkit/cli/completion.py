"""What a shell offers after a tab: packaged mixes, policies, lines, theorems.

Commands and options it knows by itself, and files are its own business: where nothing here begins
as the word does, it offers those. ``stabkit --install-completion`` tells the shell.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

__all__ = ["complete_line", "complete_mix", "complete_policy", "complete_theorem"]


def complete_mix(incomplete: str) -> Iterator[str]:
    """Yield the packaged mixes whose names begin so.

    >>> list(complete_mix("azure"))
    ['azure-conv-2023', 'azure-code-2023']
    """
    from ..model.examples import examples

    return _begun(incomplete, (one.name for one in examples()))


def complete_policy(incomplete: str) -> Iterator[str]:
    """Yield the admission policies that begin so, those of installed distributions among them."""
    from ..dynamics.policies import policy_names

    return _begun(incomplete, policy_names())


def complete_line(incomplete: str) -> Iterator[str]:
    """Yield the lines of ``--along`` that begin so."""
    return _begun(incomplete, ("common", "shift", "scale", "share", "gain"))


def complete_theorem(incomplete: str) -> Iterator[str]:
    """Yield the labels of theorems, such as R7 or r7, that begin so."""
    from ..publish.labels import theory_names

    names = theory_names()
    return _begun(incomplete, (*names, *map(str.lower, names)))


def _begun(incomplete: str, names: Iterable[str]) -> Iterator[str]:
    return (name for name in names if name.startswith(incomplete))
