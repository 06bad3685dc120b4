"""Policies by name: those of this folder, those registered, and those of other distributions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import Field, dataclass
from fractions import Fraction
from functools import partial
from inspect import signature
from typing import TYPE_CHECKING, Any, TypeVar

from ...errors import ArgumentTypeError, InvalidArgument, check_choice, printable, shown
from ...model.workload import Workload
from .policy import Policy, fields_of

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint, EntryPoints

__all__ = [
    "PolicyParameter",
    "parameter_named",
    "policy_named",
    "policy_names",
    "register_policy",
]

GROUP = "stabkit.policies"
_REGISTERED: dict[str, type[Any]] = {}
_TWENTIETHS = tuple(Fraction(k, 20) for k in range(21))

PolicyClass = TypeVar("PolicyClass", bound=type[Any])


def register_policy(policy: PolicyClass) -> PolicyClass:
    """Let a policy be found by its name, in Python and on the command line; a class decorator.

    Parameters
    ----------
    policy : class
        With the attributes `name` and `admissions`. Its parameters are the fields of a dataclass,
        given as text: see `RationalParameters`. Where it has a class method `over_equilibrium`,
        that is called with the workload first, and with the parameters under their names, but for
        one that it takes in units of a*.

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
    found, texts = _found(kind), given.split(",") if given else []
    make = None if mix is None and hasattr(found, "over_equilibrium") else _maker(found, mix)
    if make is None:
        raise _unknown(name)
    if not _takes(make, texts):
        form = f"{kind}:{','.join(signature(make).parameters)}".rstrip(":")
        raise InvalidArgument(f"'policy' must be as in {shown(form)}, not {shown(name)}.")
    made: Policy = make(*texts)
    return made


def _maker(policy: Any, mix: Workload | None) -> Any:
    """Return what makes a policy of its parameters, in units of a* where it has them."""
    if hasattr(policy, "over_equilibrium"):
        return partial(policy.over_equilibrium, mix)
    return policy


@dataclass(frozen=True)
class PolicyParameter:
    """A parameter of a registered policy whose other ones have defaults.

    * `policy`: the class.
    * `field`: made by `parameter`.
    * `argument`: its name where the policy is made; of one in units of a* that of the ratio.
    """

    policy: type[Any]
    field: Field[Any]
    argument: str

    @property
    def names(self) -> tuple[str, ...]:
        """How it is called: with its policy; before that alone, if stabkit's has no other one."""
        whole = f"{self.policy.name}:{self.field.name}"
        alone = _is_own(self.policy) and len(fields_of(self.policy)) == 1
        return (self.field.name, whole) if alone else (whole,)

    @property
    def unit(self) -> str:
        """In which it is counted: "a*" or none."""
        return "" if self.argument == self.field.name else "a*"

    def usual(self, mix: Workload) -> Iterable[Any]:
        """Return the values that are tried on a workload."""
        own, valid = (self.field.metadata[key] for key in ("values", "valid"))
        return own(mix) if own else [value for value in _TWENTIETHS if valid(value)]

    def policy_at(self, value: Fraction, mix: Workload) -> Policy:
        """Return the policy whose parameter has a value."""
        made: Policy = _maker(self.policy, mix)(**{self.argument: str(value)})
        return made


def parameter_named(name: Any) -> PolicyParameter:
    """Return the parameter that ``"gain"`` or ``"policy:gain"`` denotes.

    A name alone is that of a policy of stabkit with one parameter, or of the one policy that has
    it. Raises InvalidArgument if none or several have it.

    >>> parameter_named("damped:gain").names
    ('gain', 'damped:gain')
    """
    given = name if isinstance(name, str) else ""
    found = [one for one in _parameters() if given in one.names]
    if given and not found:
        policy = given.rpartition(":")[0]
        for kind in [policy] if policy else policy_names():
            _found(kind)
        found = [one for one in _parameters() if given in (*one.names, one.field.name)]
    if len(found) != 1:
        choices = [one.names[-1] for one in found] or [one.names[0] for one in _parameters()]
        check_choice(name, "'parameter'", choices)
    return found[0]


def _parameters() -> Iterator[PolicyParameter]:
    """Yield the parameters of the policies that are registered.

    An argument has the name of its field, but for the ratio to a*: the one that is left of each.
    """
    for policy in filter(fields_of, _REGISTERED.values()):
        arguments = signature(_maker(policy, None)).parameters
        named = [one.name for one in fields_of(policy) if one.name in arguments]
        ratio = [name for name in arguments if name not in named]
        for one in fields_of(policy):
            own = [one.name] if one.name in named else ratio
            others = [x for name, x in arguments.items() if name not in own]
            given = "valid" in one.metadata and all(x.default is not x.empty for x in others)
            if given and len(own) == 1 and len(fields_of(policy)) == len(arguments):
                yield PolicyParameter(policy, one, *own)


def _is_own(policy: type[Any]) -> bool:
    return policy.__module__.startswith(f"{__package__}.")


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
