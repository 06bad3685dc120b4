"""A parameter of a policy of somebody else is swept as those of stabkit's own are: `thrifty.py`."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import MISSING, dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest
from jsonschema_rs import Draft202012Validator

from stabkit import (
    Damped,
    InvalidArgument,
    RationalParameters,
    Workload,
    figure,
    parameter,
    policy_sweep,
    register_policy,
    text,
    to_dict,
)
from stabkit.cli.app import main
from stabkit.dynamics.policies import policy_named, registry
from stabkit.publish.schemas import schemas

MIX = Workload.from_classes([(5, 3), (5, 6)], capacity=720)  # g = (6, 7, 8, 4.5, 5, 5.5), G(1) = 36
GAINS = [Fraction(k, 40) for k in range(1, 41)]
ETAS = [Fraction(k, 10) for k in range(5)]


@pytest.fixture(autouse=True)
def registered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "_REGISTERED", dict(registry._REGISTERED))
    from .thrifty import Thrifty

    register_policy(Thrifty)


def radius(mix: Workload, gain: Any) -> float:
    """max |lambda| over the roots of g_0 lambda^(L-1) + kappa sum_(m>=1) g_m lambda^(L-1-m)."""
    rows = [
        sum(c.share * (c.input_length + m + 1) for c in mix.classes if m < c.decode_length)
        * (gain if m else 1)
        for m in range(mix.longest_decode)
    ]
    return float(max(abs(np.roots([float(row) for row in rows]))))


@pytest.mark.parametrize("classes", ["5:3 5:6", "0:2 0:4 9:8", "0:7", "40:6 1:9"])
def test_its_verdicts_along_the_gain_are_those_of_its_roots(classes: str) -> None:
    mix = Workload.from_classes([tuple(map(int, one.split(":"))) for one in classes.split()])
    found = policy_sweep(mix, "thrifty:gain", GAINS)
    radii = [radius(mix, gain) for gain in GAINS]
    apart = [(v, r) for v, r in zip(found.verdicts, radii, strict=True) if abs(r - 1) > 1e-9]
    assert [v for v, _ in apart] == ["stable" if r < 1 else "unstable" for _, r in apart]
    assert {v for v, _ in apart} == {"stable", "unstable"}


def test_what_is_proved_of_it_are_the_verdicts_at_its_values() -> None:
    """Nothing says what its rule does between them: no end of its stable values is shown."""
    found = policy_sweep(MIX, "thrifty:gain", ["1/4", "1/2", 1])
    expected = ["stable" if radius(MIX, gain) < 1 else "unstable" for gain in found.values]
    assert set(expected) == {"stable", "unstable"}
    record, lines = to_dict(found), text(found).splitlines()
    assert [point["verdict"] for point in record["points"]] == expected
    assert [line.split()[1] for line in lines[-3:]] == expected
    assert max(map(len, lines)) <= 80
    assert record["stable_below"] is found.stable_below is None
    words = [word.get_text() for axes in figure(found).axes for word in axes.texts]
    assert not [word for word in words if word.startswith("stable")]


def test_the_gain_at_which_its_verdict_changes() -> None:
    """That at which the largest root of its polynomial has modulus 1, bisected."""
    low, high = 0.05, 1.0
    while high - low > 1e-12:
        middle = (low + high) / 2
        low, high = (middle, high) if radius(MIX, middle) < 1 else (low, middle)
    values = [Fraction(low) - Fraction(1, 10**6), Fraction(high) + Fraction(1, 10**6)]
    assert policy_sweep(MIX, "thrifty:gain", values).verdicts == ("stable", "unstable")


def test_its_verdict_does_not_depend_on_its_watermark() -> None:
    assert radius(MIX, Fraction(1, 2)) < 1
    assert policy_sweep(MIX, "thrifty:watermark", ETAS).verdicts == ("stable",) * 5


def test_its_throughput_is_that_of_its_equilibrium() -> None:
    """By hand: kappa (1 - eta) B / (6 + 30 kappa) requests per step, of B / 36."""
    swept = [
        ("thrifty:gain", [Fraction(1, 5), Fraction(1, 2)], lambda x: (x, Fraction(1, 10))),
        ("thrifty:watermark", ETAS, lambda x: (Fraction(1, 2), x)),
    ]
    for name, values, at in swept:
        found = policy_sweep(MIX, name, values)
        assert [(p.gain, p.watermark) for p in found.policies] == [at(x) for x in values]  # type: ignore[attr-defined]
        for (gain, eta), run in zip(map(at, values), found.runs, strict=True):
            expected = 36 * gain * (1 - eta) / (6 + 30 * gain)
            assert run.request_ratio == pytest.approx(float(expected), abs=1e-6)


def test_its_values_by_default_are_the_twentieths_in_the_domain() -> None:
    gains, etas = (policy_sweep(MIX, f"thrifty:{name}").values for name in ("gain", "watermark"))
    assert gains == tuple(Fraction(k, 20) for k in range(1, 21))
    assert etas == tuple(Fraction(k, 20) for k in range(20))


def test_a_name_alone_is_that_of_stabkit() -> None:
    for name in ("gain", "damped:gain"):
        found = policy_sweep(MIX, name, ["1/2"])
        assert (found.parameter, found.policies) == ("gain", (Damped("1/2"),))


@pytest.fixture
def patient() -> type[Any]:
    """A policy with a parameter of a name of its own, in units of a*, and one without values."""

    @register_policy
    @dataclass(frozen=True)
    class Patient(RationalParameters):
        pace: Any = parameter(1, lambda x: x > 0, "positive", "p", lambda mix: ["1/4", "1/2"])
        steps: Any = parameter(3, lambda x: x >= 1, "at least 1", "n")
        name: ClassVar[str] = "patient"

        @classmethod
        def over_equilibrium(cls, mix: Workload, ratio: Any = 1, steps: Any = 3) -> Any:
            return cls(20 * Fraction(ratio), steps)  # a* = 720 / 36

        def admissions(self, memory: Any) -> Any:
            return min(memory.free / memory.per_request, self.pace)

    return Patient


def test_a_name_that_no_other_policy_has_is_enough(patient: type[Any]) -> None:
    """A rate of x a* completes x; values, names and units are those that the policy says."""
    found = policy_sweep(MIX, "pace")
    assert (found.parameter, found.values, found.unit) == (
        "patient:pace",
        (Fraction(1, 4), Fraction(1, 2)),
        "a*",
    )
    assert [run.throughput_ratio for run in found.runs] == pytest.approx([0.25, 0.5])
    assert found.verdicts == (None, None)  # it has no closed loop
    assert "\npatient:pace / a*  verdict  tokens" in text(found)
    assert [axes.get_xlabel() for axes in figure(found).axes] == ["patient:pace / a*"]
    with pytest.raises(InvalidArgument, match="'parameter' must be one whose policy says what"):
        policy_sweep(MIX, "steps")


def test_an_argument_is_that_of_its_name() -> None:
    """The ratio to a* is what is left; whatever the order, no other parameter is swept."""

    @register_policy
    @dataclass(frozen=True)
    class Pot(RationalParameters):
        rate: Any = parameter(1, lambda x: x > 0, "positive", "r", lambda mix: ["1/4", "1/2"])
        reserve: Any = parameter("1/10", lambda x: 0 <= x < 1, "at least 0 and below 1", "e")
        name: ClassVar[str] = "pot"

        @classmethod
        def over_equilibrium(cls, mix: Workload, reserve: Any = "1/10", ratio: Any = 1) -> Any:
            return cls(20 * Fraction(ratio), reserve)  # a* = 720 / 36

        def admissions(self, memory: Any) -> Any:
            return min(memory.free / memory.per_request, self.rate)

    rates = policy_sweep(MIX, "pot:rate", ["1/5", "1/2"])
    assert (rates.policies, rates.unit) == ((Pot(4), Pot(10)), "a*")
    reserves = policy_sweep(MIX, "pot:reserve", ["1/5", "1/2"])
    assert (reserves.policies, reserves.unit) == ((Pot(20, "1/5"), Pot(20, "1/2")), "")


def test_a_second_policy_of_the_house_is_called_with_its_name() -> None:
    """Its bare names stay those of the policies with one parameter."""

    @register_policy
    @dataclass(frozen=True)
    class Careful(RationalParameters):
        gain: Any = parameter("1/2", lambda x: 0 < x <= 1, "above 0 and at most 1", "k")
        watermark: Any = parameter("1/4", lambda x: 0 <= x < 1, "at least 0 and below 1", "e")
        name: ClassVar[str] = "careful"

        def admissions(self, memory: Any) -> Any:
            return self.gain * (1 - self.watermark) * memory.free / memory.per_request

    Careful.__module__ = f"{registry.__package__}.careful"
    for name, policy in (("careful:watermark", Careful("1/2", "1/3")), ("gain", Damped("1/3"))):
        found = policy_sweep(MIX, name, ["1/3"])
        assert (found.parameter, found.policies) == (name, (policy,))


def test_a_name_of_several_policies_is_not(patient: type[Any]) -> None:
    @register_policy
    @dataclass(frozen=True)
    class Calm(RationalParameters):
        pace: Any = parameter(1, lambda x: x > 0, "positive", "p")
        name: ClassVar[str] = "calm"

        def admissions(self, memory: Any) -> Any:
            return 0 * memory.free

    with pytest.raises(InvalidArgument, match="must be 'patient:pace' or 'calm:pace', not 'pace'"):
        policy_sweep(MIX, "pace")
    assert policy_sweep(MIX, "calm:pace", [1]).runs[0].throughput_ratio == 0


def test_a_parameter_beside_one_without_a_default_is_not_swept() -> None:
    @register_policy
    @dataclass(frozen=True)
    class Strict(RationalParameters):
        pace: Any = parameter(MISSING, lambda x: x > 0, "positive", "p")
        share: Any = parameter(MISSING, lambda x: x > 0, "positive", "x")
        name: ClassVar[str] = "strict"

        def admissions(self, memory: Any) -> Any:
            return 0 * memory.free

    assert policy_named("strict:1,2").name == "strict"
    for name in ("strict:pace", "share", "thrifty:", "thrifty:speed", "lavish:gain", ":gain", ""):
        with pytest.raises(InvalidArgument, match="'gain', 'watermark', 'rate', 'thrifty:gain' or"):
            policy_sweep(MIX, name, [1])


@pytest.mark.parametrize("name", [None, 3, ["gain"], np.zeros(2)])
def test_what_is_no_name_is_refused(name: Any) -> None:
    with pytest.raises(InvalidArgument, match="'parameter' must be 'gain', 'watermark', 'rate', "):
        policy_sweep(MIX, name)


@pytest.fixture
def swept(capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    def run(*arguments: str) -> str:
        assert main(["policy", "5:3", "5:6", "--sweep", *arguments]) == 0
        return capsys.readouterr().out

    return run


@pytest.mark.parametrize("name", ["thrifty:gain", "thrifty:watermark"])
def test_the_program_sweeps_it(swept: Callable[..., str], name: str, tmp_path: Path) -> None:
    runs = policy_sweep("5:3 5:6", name).runs
    assert f"\n{name} verdict tokens requests" in re.sub(" +", " ", swept(name))
    target = tmp_path / "sweep.svg"
    record = json.loads(swept(name, "--json", "--figure", str(target)))
    (schema,) = schemas(record["schema"])
    assert not list(Draft202012Validator(schema.document).iter_errors(record))
    assert record["parameter"] == name
    ratios = [point["throughput_ratio"] for point in record["points"]]
    assert ratios == [run.throughput_ratio for run in runs]
    assert f">{name}</text>" in target.read_text()
