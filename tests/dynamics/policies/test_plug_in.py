"""A policy of somebody else is judged, shown and found as stabkit's own are: `thrifty.py`.

It is installed as a distribution of its own, one module and one entry point, on the path of each
test.
"""

from __future__ import annotations

import json
import random
import shutil
import sys
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from stabkit import (
    InvalidArgument,
    Workload,
    closed_loop,
    compare_policies,
    policy_sweep,
    simulate,
    text,
    to_dict,
)
from stabkit.cli.app import main
from stabkit.cli.completion import complete_policy
from stabkit.dynamics.growth import measure_growth
from stabkit.dynamics.long_run import long_run
from stabkit.dynamics.policies import policy_named, register_policy, registry
from stabkit.dynamics.policies.linearisation import level_admissions
from stabkit.publish.text.comparison import policy_label
from stabkit.spectrum.counting.isolation import isolated_disc_counts

SOURCE = Path(__file__).with_name("thrifty.py")
MIX = Workload.from_classes([(5, 3), (5, 6)], capacity=720)
PARAMETERS = [(Fraction(k, 10), Fraction(e, 20)) for k, e in ((2, 1), (5, 2), (9, 0), (10, 6))]


@pytest.fixture(autouse=True)
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    shutil.copy(SOURCE, tmp_path / "thrifty.py")
    metadata = tmp_path / "thrifty-1.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: thrifty\nVersion: 1\n")
    (metadata / "entry_points.txt").write_text("[stabkit.policies]\nthrifty = thrifty:Thrifty\n")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(registry, "_REGISTERED", dict(registry._REGISTERED))
    assert "thrifty" not in registry._REGISTERED
    yield
    sys.modules.pop("thrifty", None)


def thrifty(gain: Fraction, watermark: Fraction) -> Any:
    return policy_named(f"thrifty:{gain},{watermark}")


def mixes(seed: int, longest: int = 9) -> Iterator[Workload]:
    rng = random.Random(seed)
    while True:
        lengths = rng.sample(range(1, longest + 1), rng.randint(1, 3))
        entries = [(Fraction(rng.randint(0, 60), 2), n, rng.randint(1, 9)) for n in lengths]
        yield Workload.from_classes(entries, rng.randint(500, 5000))


def polynomial(mix: Workload, gain: Fraction) -> list[int]:
    """The integer coefficients of g_0 + kappa sum_(m>=1) g_m z^m, term by term."""
    rows = [
        sum(c.share * (c.input_length + m + 1) for c in mix.classes if m < c.decode_length)
        * (gain if m else 1)
        for m in range(mix.longest_decode)
    ]
    scale = np.lcm.reduce([row.denominator for row in rows])
    return [int(row * int(scale)) for row in rows]


@pytest.mark.parametrize("seed", range(12))
def test_its_verdict_is_proved(seed: int) -> None:
    """Oracle: FLINT isolates the roots of the polynomial, written out from the rule."""
    for mix, (gain, watermark) in zip(mixes(seed), PARAMETERS, strict=False):
        found = closed_loop(mix, thrifty(gain, watermark))
        assert found.counts is not None
        assert found.counts.certified
        if mix.longest_decode > 1:
            outside, on, inside = isolated_disc_counts(polynomial(mix, gain))
            counted = found.counts
            assert (counted.inside, counted.on_circle, counted.outside) == (inside, on, outside)


@pytest.mark.parametrize("seed", range(12))
def test_the_simulator_grows_by_its_spectral_radius(seed: int) -> None:
    for mix in mixes(seed, 12):  # until the mode lives long enough to be measured
        policy = thrifty(*PARAMETERS[seed % 4])
        found = closed_loop(mix, policy)
        if not found.modes or abs(complex(found.modes[0].value)) <= 0.85:
            continue
        measured = measure_growth(mix, complex(found.modes[0].value), policy=policy)
        assert measured is not None
        assert found.spectral_radius is not None
        low, high = float(found.spectral_radius.low), float(found.spectral_radius.high)
        assert low - 1e-6 <= measured <= high + 1e-6
        return


def test_it_is_shown_by_its_label_with_its_parameters_and_its_remark() -> None:
    found = compare_policies(MIX, ["greedy", "thrifty:1/2,1/10"])
    one = found.policies[1]
    assert policy_label(one) == "thrifty 0.5 10 %"
    assert one.verdict == "stable"
    report = text(found, full=True)
    assert "thrifty 0.5 10 %  stable" in report
    assert "A thrifty server keeps some memory and takes its time." in report
    record = to_dict(found)["policies"][1]
    assert record["parameters"] == {"gain": "1/2", "watermark": "1/10"}
    assert 0.91 < float(record["spectral_radius"]["value"]) < 0.92


def test_it_is_found_on_the_command_line(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["policy", "5:3", "5:6", "--json", "--policy", "thrifty:1/2,1/10"]
    assert main([*arguments, "--policy", "thrifty"]) == 0
    first, second = json.loads(capsys.readouterr().out)["policies"]
    assert first == second
    assert (first["policy"], first["verdict"]) == ("thrifty", "stable")
    assert main(["simulate", "5:3", "5:6", "--steps", "3", "--policy", "thrifty:1/2"]) == 0


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("thrifty:1,2,3", "must be as in 'thrifty:gain,watermark', not 'thrifty:1,2,3'"),
        ("thrifty:2", "'gain' must be above 0 and at most 1, not '2'"),
        ("thrifty:1,1", "'watermark' must be at least 0 and below 1, not '1'"),
        ("thrifty:1/2,", "'watermark' must be a finite rational number, not ''"),
        ("lavish:1", "'policy' must be 'greedy', .*not 'lavish:1'"),
    ],
)
def test_its_text_is_checked(text: str, message: str) -> None:
    with pytest.raises(InvalidArgument, match=message):
        policy_named(text)


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ("thrifty = thrifty:Absent", "'thrifty' of the entry points 'stabkit.policies' must be a "),
        ("thrifty = lavish:Thrifty", r"not 'lavish:Thrifty' \(ModuleNotFoundError: No module"),
        ("thrifty = thrifty:SOURCE", r"not 'thrifty:SOURCE' \(A"),
        (
            "thrift = thrifty:Thrifty",
            "'name' of a policy must be that of its entry point, 'thrift'",
        ),
    ],
)
def test_an_entry_point_that_gives_no_such_policy_is_named(
    entry: str, message: str, tmp_path: Path
) -> None:
    entry_points = tmp_path / "thrifty-1.dist-info" / "entry_points.txt"
    entry_points.write_text(f"[stabkit.policies]\n{entry}\n")
    with pytest.raises(InvalidArgument, match=message):
        policy_named(entry.split()[0])


def test_a_tab_offers_it() -> None:
    assert list(complete_policy("th")) == ["thrifty"]
    assert "thrifty" not in sys.modules


def test_it_is_found_by_the_name_of_its_parameter() -> None:
    with pytest.raises(InvalidArgument, match="'rate', 'thrifty:gain' or 'thrifty:watermark', not"):
        policy_sweep(MIX, "speed")


def test_it_is_loaded_to_be_swept() -> None:
    assert policy_sweep(MIX, "gain", ["1/2"]).parameter == "gain"
    assert "thrifty" not in sys.modules
    (rule,) = policy_sweep(MIX, "thrifty:gain", ["1/4"]).policies
    assert rule == thrifty(Fraction(1, 4), Fraction(1, 10))


def test_it_runs_in_every_arithmetic() -> None:
    """At the level where it settles: kappa (1 - eta) B / (g_0 + kappa (G(1) - g_0))."""
    gain, watermark = Fraction(1, 2), Fraction(1, 10)
    level = gain * (1 - watermark) * 720 / (6 + gain * 30)
    assert level_admissions(MIX, thrifty(gain, watermark)) == level
    mean = long_run(MIX, policy=thrifty(gain, watermark))
    assert mean.request_ratio == pytest.approx(float(level / 20))
    exact = simulate(MIX, 60, "exact", policy="thrifty:1/2,1/10")
    floats = simulate(MIX, 60, policy="thrifty:1/2,1/10")
    assert np.allclose(np.array(exact.admitted, float), floats.admitted)


def test_a_name_belongs_to_one_class() -> None:
    policy_named("thrifty")
    with pytest.raises(InvalidArgument, match="'name' of a policy must be unique, not 'thrifty'"):

        @register_policy
        class Other:
            name = "thrifty"

            def admissions(self, memory: Any) -> Any:
                return 0 * memory.free


@pytest.mark.parametrize("given", [3, "thrifty", int, object()])
def test_only_a_policy_is_registered(given: Any) -> None:
    with pytest.raises(InvalidArgument, match="'policy' must be a class with 'name' and"):
        register_policy(given)
