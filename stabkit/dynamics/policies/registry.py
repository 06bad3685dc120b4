"""Policies by name: those of this folder, those registered, and those of other distributions."""

from __future__ import annotations

from functools import partial
from inspect import signature
from typing import TYPE_CHECKING, Any, TypeVar

from ...errors import ArgumentTypeError, InvalidArgument, printable, shown
from ...model.workload import Workload
from .policy import Policy

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint, EntryPoints

__all__ = ["policy_named", "policy_names", "register_policy"]

GROUP = "stabkit.policies"
_REGISTERED: dict[str, type[Any]] = {}

PolicyClass = TypeVar("PolicyClass", bound=type[Any])


def register_policy(policy: PolicyClass) -> PolicyClass:
    """Let a policy be found by its name, in Python and on the command line; a class decorator.

    Parameters
    ----------
    policy : class
        With the attributes `name` and `admissions`. Its parameters are the fields of a dataclass,
        given as text: see `RationalParameters`. Where it has a class method `over_equilibrium`,
        that is called with the workload first, and the parameters are in units of a*.

    Returns
    -------
    class
        The same.

    Raises
    ------
    InvalidArgument
        If it is no such class, or another one has its name.

    Notes
    -----
    An installed distribution is asked for a name that is not registered: an entry point of the
    group ``stabkit.policies``, called as the policy, is loaded then. One that cannot be loaded is
    an InvalidArgument to whoever asks for it.

    Examples
    --------
    >>> from stabkit import Greedy, Workload, register_policy, simulate
    >>> register_policy(Greedy) is Greedy
    True
    >>> simulate(Workload.from_classes([(2, 2)]), 9, policy="greedy").policy
    'greedy'
    """
    if not isinstance(policy, type) or not _is_policy(policy):
        raise ArgumentTypeError(
            f"'policy' must be a class with 'name' and 'admissions', not {shown(policy)}."
        )
    known = _REGISTERED.setdefault(policy.name, policy)
    if (known.__module__, known.__qualname__) != (policy.__module__, policy.__qualname__):
        raise InvalidArgument(
            f"'name' of a policy must be unique, not {shown(policy.name)} of {known.__module__}."
        )
    _REGISTERED[policy.name] = policy  # a module that is loaded anew
    return policy


def policy_named(name: Any, mix: Workload | None = None) -> Policy:
    """Return the admission policy that a name denotes, or the policy that `name` is.

    Parameters
    ----------
    name : str or Policy
        ``"greedy"``, ``"reservation"``, or a name and its parameters, in their order:
        ``"damped:1/2"``, ``"headroom:0.05"``, ``"rate-limited:1.05"`` (times a*), ``"own:1/2,3"``.
        Those left out have their defaults: 1/2, 1/20, 1.
    mix : Workload, optional
        Needed for a* only.

    Raises
    ------
    InvalidArgument
        If there is none of that name, its parameter is outside its domain, or an object is not a
        policy.

    Examples
    --------
    >>> policy_named("headroom:5/100")
    Headroom(watermark=1/20)
    """
    if not isinstance(name, str):
        if _is_policy(name):
            policy: Policy = name
            return policy
        raise _unknown(name)
    kind, _, given = name.partition(":")
    make, texts = _found(kind), given.split(",") if given else []
    if hasattr(make, "over_equilibrium"):
        make = None if mix is None else partial(make.over_equilibrium, mix)
    if make is None or not _takes(make, texts):
        raise _unknown(name)
    made: Policy = make(*texts)
    return made


def _found(kind: str) -> Any:
    """Return the class of a name, or None."""
    if kind not in _REGISTERED:
        for point in _installed().select(name=kind):
            _load(point)
    return _REGISTERED.get(kind)


def _installed() -> EntryPoints:
    from importlib.metadata import entry_points  # takes as long to load as all policies

    return entry_points(group=GROUP)


def _load(point: EntryPoint) -> None:
    """Register the policy of an entry point, which must be called as that is."""
    try:
        policy = register_policy(point.load())
    except Exception as failure:  # of somebody else's module: whatever it raises
        why = f"{type(failure).__name__}: {printable(str(failure))}"
        raise InvalidArgument(
            f"{shown(point.name)} of the entry points {GROUP!r} must be a policy that can be "
            f"loaded, not {shown(point.value)} ({why})."
        ) from failure
    if policy.name != point.name:
        raise InvalidArgument(
            f"'name' of a policy must be that of its entry point, {shown(point.name)}, not "
            f"{shown(policy.name)}."
        )


def _takes(make: Any, texts: list[str]) -> bool:
    try:
        signature(make).bind(*texts)
    except TypeError:
        return False
    return True


def _is_policy(given: Any) -> bool:
    return isinstance(getattr(given, "name", None), str) and callable(
        getattr(given, "admissions", None)
    )


def policy_names() -> list[str]:
    """Return the names that are registered or installed, greedy first; nothing is loaded."""
    names = {*_REGISTERED, *_installed().names}
    return sorted(names, key=lambda kind: (kind != "greedy", kind))


def _unknown(name: Any) -> InvalidArgument:
    *names, last = map(repr, policy_names())
    kind = InvalidArgument if isinstance(name, str) else ArgumentTypeError
    return kind(
        f"'policy' must be {', '.join(names)} or {last}, with a parameter as in 'damped:1/2', or "
        f"an object with 'name' and 'admissions', not {shown(name)}."
    )
