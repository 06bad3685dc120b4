"""Every public callable, every argument, with what does not belong there.

The outcome is a result or a `StabkitError` that is a `ValueError`, never another exception. Numbers
of numpy are numbers: the same call with them gives the same result. Every result survives `pickle`,
so that it can pass between processes. No array in it can be written to.
"""

from __future__ import annotations

import copy
import functools
import inspect
import pickle
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, is_dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

import stabkit
from stabkit import StabkitError, Workload

pytestmark = pytest.mark.slow

MIX = Workload.from_classes([(5, 3), (5, 6)], capacity=200)
STABLE = Workload.from_classes([(9, 1), (1, 2)], capacity=200)
ONE = Workload.from_classes([(2, 3)], capacity=60)
NO_CAPACITY = Workload.from_classes([(2, 3)])
SAMPLE = Workload.from_classes([(5, 3, 2), (5, 6, 1)], request_count=9)


@dataclass(frozen=True)
class Later:
    """An argument that takes a second to make."""

    make: Callable[[], Any]


@functools.cache
def proved() -> list[Any]:
    return list(stabkit.prove(stabkit.theorems()[:1]))


def right_call(name: str) -> tuple[Callable[..., Any], dict[str, Any]]:
    """Return a function, and arguments that are right for it."""
    function, good = CALLS[name]
    return function, {k: v.make() if isinstance(v, Later) else v for k, v in good.items()}


# One call that is right for each: its arguments by name.
CALLS: dict[str, tuple[Callable[..., Any], dict[str, Any]]] = {
    "Workload.from_classes": (
        Workload.from_classes,
        {"classes": [(5, 3, 1), (5, 6, 2)], "capacity": 100, "name": "n", "request_count": 9},
    ),
    "Workload.from_file": (Workload.from_file, {"path": "none.toml", "capacity": 9}),
    "Workload.named": (Workload.named, {"name": "homogeneous", "capacity": 10**6}),
    "Workload.from_dict": (Workload.from_dict, {"record": MIX.to_dict()}),
    "Workload.with_capacity": (MIX.with_capacity, {"capacity": 300}),
    "SymbolicWorkload.from_classes": (
        stabkit.SymbolicWorkload.from_classes,
        {"classes": [(5, 3, 1)]},
    ),
    "Analysis.from_dict": (
        stabkit.Analysis.from_dict,
        {"record": stabkit.analyze(ONE, crosscheck=False).to_dict()},
    ),
    "SweepPlan.from_dict": (stabkit.SweepPlan.from_dict, {"plan": {"mixes": ["5:3 5:6"]}}),
    "Damped": (stabkit.Damped, {"gain": Fraction(1, 2)}),
    "Headroom": (stabkit.Headroom, {"watermark": Fraction(1, 5)}),
    "RateLimited": (stabkit.RateLimited, {"rate": 2}),
}
_ARGUMENTS: dict[str, dict[str, Any]] = {
    "mix": {"mix": MIX},
    "survival_polynomial": {"mix": MIX, "weights": "share"},
    "state_characteristic_polynomial": {"mix": ONE, "form": "affine"},
    "state_matrix": {"mix": ONE, "form": "affine"},
    "unit_circle_counts": {"mix": MIX, "method": "auto"},
    "batched_counts": {"lengths": [2, 3], "inputs": [1, 2], "weights": [[1, 1], [1, 2]]},
    "batched_radii": {"lengths": [2, 3], "inputs": [1, 2], "weights": [[1, 1], [1, 2]]},
    "batched_fano_factors": {"lengths": [2, 3], "inputs": [1, 2], "weights": [[1, 1], [1, 2]]},
    "roots": {"mix": MIX, "digits": 20, "method": "auto"},
    "dominant_modes": {"mix": MIX, "count": 2, "digits": 20},
    "nyquist": {"mix": MIX, "points": 50},
    "to_dict": {"result": stabkit.nyquist(MIX, points=50)},
    "html": {"result": stabkit.nyquist(MIX, points=50)},
    "text": {"result": stabkit.nyquist(MIX, points=50)},
    "figure": {"result": stabkit.nyquist(MIX, points=50), "size": "4x3", "title": "t"},
    "to_csv": {"result": stabkit.simulate(ONE, 5)},
    "percent": {"ratio": 0.5},
    "readable": {"value": 0.5, "digits": 3},
    "figure_bytes": {
        "figure": Later(lambda: stabkit.figure(stabkit.nyquist(MIX, points=50))),
        "file_format": "png",
        "dpi": 30,
    },
    "long_run": {
        "mix": ONE,
        "state": [1, 1, 1],
        "max_steps": 2000,
        "work_limit": 10**5,
        "policy": "greedy",
    },
    "cycle_picture": {"mix": ONE, "state": [[0, 0, 12]], "period": 3, "name": "n"},
    "space_time_picture": {"mix": ONE, "run": [[1, 1, 1]], "steps": 5, "arithmetic": "exact"},
    "animation_picture": {
        "mix": ONE,
        "steps": 5,
        "arithmetic": "exact",
        "state": [[1, 1, 1]],
        "policy": "greedy",
    },
    "animation_bytes": {"picture": stabkit.animation_picture(ONE, 1)},
    "policy_picture": {"mix": ONE, "sweeps": [stabkit.policy_sweep(ONE, "gain", [1])]},
    "analysis_picture": {"mix": ONE, "verdict": "unstable"},
    "exercise_document": {"found": [stabkit.exercise("gcd", 3)], "title": "Sheet"},
    "prove": {"theorems": stabkit.theorems()[:1], "labels": []},
    "theory_tex": {"found": Later(proved), "title": "Theory"},
    "exposition": {"one": Later(lambda: proved()[0]), "letters": ()},
    "evidence_tex": {"evidence": stabkit.theorems()[0].steps[0].evidence},
    "root_locus": {"mix": ONE, "along": "s", "low": 0, "high": 2, "points": 3},
    "synchrony": {"mix": MIX, "digits": 20},
    "threshold": {"mix": ONE, "along": "common"},
    "stability_chart": {
        "decode_lengths": [2, 3],
        "vary": ("s", "p"),
        "fixed": {},
        "ranges": {"s": (0, 20)},
        "rows": 3,
    },
    "stability_criterion": {
        "mix": stabkit.SymbolicWorkload.from_classes([(5, 2, 1)]),
        "work_limit": 100_000,
    },
    "input_margin": {"mix": ONE, "along": "shift"},
    "margins": {"mix": ONE, "shares_within": "1/5"},
    "robust_shares": {"mix": MIX, "within": "1/5"},
    "closed_loop": {"mix": ONE, "policy": "damped"},
    "fano_factor": {"mix": STABLE},
    "fluctuations": {"mix": STABLE},
    "policy_fano_factor": {"mix": STABLE, "policy": "damped"},
    "closed_loop_polynomial": {"mix": ONE, "policy": "damped"},
    "compare_policies": {"mix": ONE, "policies": ["greedy"]},
    "register_policy": {"policy": stabkit.Damped},
    "policy_sweep": {"mix": ONE, "parameter": "rate", "values": [1]},
    "pool": {
        "classes": [(5, 3), (5, 6)],
        "replicas": 2,
        "capacity": 200,
        "objective": "demand",
        "policy": "greedy",
        "steps": 20,
        "partition": [[0], [1]],
    },
    "sizing": {"mix": ONE, "block_size": 16, "step_seconds": "1/30"},
    "finite_server": {"mix": ONE, "max_num_seqs": 5, "evictions": "1e-3", "steps": 100},
    "block_kernel": {"mix": ONE, "block_size": 16},
    "block_total": {"mix": ONE, "block_size": 16},
    "bytes_per_token": {
        "layers": 2,
        "kv_heads": 2,
        "head_size": 8,
        "dtype": "int8",
        "tensor_parallel": 2,
    },
    "capacity_from_config": {
        "config": {
            "num_hidden_layers": 2,
            "num_attention_heads": 2,
            "hidden_size": 8,
            "dtype": "float16",
        },
        "memory": "1 MB",
        "dtype": "int8",
        "tensor_parallel": 2,
    },
    "capacity_from_log": {"text": "# GPU blocks: 12", "block_size": 16},
    "capacity_from_shape": {
        "memory": "1 MB",
        "layers": 2,
        "kv_heads": 2,
        "head_size": 8,
        "dtype": "int8",
        "tensor_parallel": 2,
    },
    "recommend": {"mix": NO_CAPACITY, "others": [MIX]},  # with one, runs take seconds
    "cycles": {"mix": ONE, "state": [[1, 1, 1]], "max_period": 20, "max_steps": 200},
    "certify_start": {"mix": ONE, "state": [[1, 1, 1]], "max_steps": 200},
    "itinerary_multipliers": {"mix": ONE, "itinerary": [0], "digits": 20},
    "periodic_orbit": {"mix": ONE, "itinerary": [0], "capacity": Fraction(60)},
    "admit_matrix": {"decode_length": 3, "input_length": 2},
    "fit_matrix": {"decode_length": 3, "stage": 1, "input_length": 2},
    "floquet_multipliers": {"decode_length": 3, "level": 1, "input_length": 2, "digits": 20},
    "level_state": {"decode_length": 3, "level": 1, "input_length": 2},
    "poincare_matrix": {"decode_length": 3, "level": 1, "input_length": 2},
    "graph_picture": {"workload": MIX},
    "kernel_picture": {"workload": MIX},
    "root_picture": {"workload": MIX, "found": stabkit.roots(MIX), "verdict": "unstable"},
    "run_picture": {"workload": MIX, "trajectory": stabkit.simulate(MIX, 5)},
    "basin_sample": {"mix": ONE, "starts": 2, "seed": 1, "max_steps": 20},
    "steps_to_worst_cycle": {
        "mix": ONE,
        "state": [1, 1, 1],
        "arithmetic": "exact",
        "max_steps": 20,
    },
    "capture_set": {"mix": ONE, "depth": 1},
    "necklace_cycle": {"mix": MIX, "composition": [1, 2]},
    "necklace_cycles": {"mix": MIX},
    "renormalized": {"mix": MIX, "divisor": 3},
    "synchronized_loss": {"mix": MIX, "divisor": 3},
    "worst_cycle_loss": {"input_length": 5, "decode_length": 3},
    "simulate": {
        "mix": ONE,
        "steps": 5,
        "arithmetic": "exact",
        "state": [[1, 1, 1]],
        "policy": "greedy",
    },
    "simulate_requests": {
        "mix_or_trace": ONE,
        "steps": 20,
        "scheduler": "model",
        "seed": 1,
        "every": 2,
        "table": True,
    },
    "replay": {
        "trace": [(5, 3, 0), (6, 2, 0)],
        "scheduler": stabkit.Scheduler(capacity=64),
        "observed": {"t": [1, 2, 9], "running": [2, 1, 0], "gen_tokens_total": [2, 4, 5]},
        "clock": "seconds",
        "step_time": (1, 0),
    },
    "analyze": {"mix": ONE},
    "analyze_many": {"mixes": [ONE]},
    "bootstrap": {"mix": SAMPLE, "resamples": 2, "seed": 0, "level": 0.9},
    "exercise": {"topic": "gcd", "seed": 3},
    "derive": {"mix": ONE},
    "examples": {},
    "atlas": {},
    "theorems": {},
    "sweep": {"plan": {"mixes": ["5:3 5:6"]}},
    "sweep_processes": {"count": 2},
    "sweep_cluster": {"address": "tcp://127.0.0.1:9"},
}
DECLARES = {"parameter"}  # a field, whose values are read when they are given
for _name in stabkit.__all__:
    _value = getattr(stabkit, _name)
    if callable(_value) and not isinstance(_value, type) and _name not in DECLARES:
        CALLS[_name] = (_value, _ARGUMENTS.get(_name, _ARGUMENTS["mix"]))

SWEPT = tempfile.TemporaryDirectory()
CALLS["sweep"] = (functools.partial(stabkit.sweep, folder=SWEPT.name), _ARGUMENTS["sweep"])

WRONG: list[Any] = [
    None,
    True,
    np.True_,
    0,
    -1,
    10**30,
    1.5,
    float("nan"),
    float("inf"),
    np.float32("nan"),
    np.float64("-inf"),
    np.array([1, 2]),
    np.array(3),
    1j,
    "",
    "no\x1b[2J\udcff",
    b"bytes",
    [],
    [None],
    [[None]],
    [["a"], 3],
    (),
    {},
    {"a": None},
    set(),
    object(),
    int,
    lambda: None,
]
PARAMETERS = [(name, parameter) for name, (_, good) in CALLS.items() for parameter in good]


def test_every_public_function_is_called() -> None:
    for name, (function, good) in CALLS.items():
        if name == "theorems":
            continue
        accepted = set(inspect.signature(function).parameters)
        assert set(good) <= accepted, name


@pytest.mark.parametrize("name", [name for name in CALLS if name != "Workload.from_file"])
def test_the_calls_are_right(name: str) -> None:
    result(name)


@pytest.mark.filterwarnings("ignore::stabkit.errors.StabkitWarning")  # None may only be warned of
@pytest.mark.parametrize(("name", "parameter"), PARAMETERS)
def test_a_wrong_argument_is_refused_as_such(name: str, parameter: str) -> None:
    function, good = right_call(name)
    for value in WRONG:
        refusal = _refusal(lambda value=value: function(**{**good, parameter: value}))
        assert refusal is None or isinstance(refusal, StabkitError), ascii(value)
        assert refusal is None or isinstance(refusal, ValueError), ascii(value)
        assert str(refusal).isprintable(), ascii(value)


# Everything has a name; the rest is read before its type is looked at.
TAKES_ANYTHING = {
    ("Workload.from_classes", "name"),
    ("Workload.from_file", "capacity"),
    ("capacity_from_config", "config"),
    ("root_picture", "verdict"),
    ("cycle_picture", "name"),
}


@pytest.mark.parametrize(
    ("name", "parameter"), [pair for pair in PARAMETERS if pair not in TAKES_ANYTHING]
)
def test_a_wrong_type_is_a_type_error_too(name: str, parameter: str) -> None:
    function, good = right_call(name)
    refusal = _refusal(lambda: function(**{**good, parameter: object()}))
    assert isinstance(refusal, TypeError)
    assert isinstance(refusal, StabkitError)


def test_a_wrong_value_is_none() -> None:
    for call in (
        lambda: stabkit.roots(MIX, digits=0),
        lambda: stabkit.roots(MIX, method="newton"),
        lambda: stabkit.analyze("5:0"),
        lambda: stabkit.analyze("azur"),
        lambda: Workload.from_classes([(5, float("nan"))]),
    ):
        refusal = _refusal(call)
        assert isinstance(refusal, StabkitError)
        assert not isinstance(refusal, TypeError)


def _notation(mix: Workload) -> str:
    return " ".join(f"{c.input_length}:{c.decode_length}:{c.share}" for c in mix.classes)


@pytest.mark.parametrize(
    ("name", "parameter"),
    [  # python-control numbers its systems, so that no two are equal
        (n, p) for n, p in PARAMETERS if isinstance(CALLS[n][1][p], Workload) and n != "to_control"
    ],
)
def test_text_and_triples_are_workloads(name: str, parameter: str) -> None:
    """The same result, or the same refusal for want of a capacity, which neither can give."""
    function, good = right_call(name)
    triples = [(c.input_length, c.decode_length, c.share) for c in good[parameter].classes]
    mix = Workload.from_classes(triples)
    given = [_notation(mix)] if name == "simulate_requests" else [_notation(mix), triples]
    expected = _outcome(lambda: function(**{**good, parameter: mix}))
    for other in given:
        assert _outcome(lambda other=other: function(**{**good, parameter: other})) == expected


def _outcome(call: Callable[[], Any]) -> bytes | str:
    try:
        return pickle.dumps(call())
    except StabkitError as refusal:
        return str(refusal)


def _refusal(call: Callable[[], Any]) -> Exception | None:
    try:
        call()
    except Exception as failure:
        return failure
    return None


INTEGERS = [
    (name, parameter)
    for name, (_, good) in CALLS.items()
    for parameter, value in good.items()
    if type(value) is int and name != "Workload.from_file"
]


@pytest.mark.parametrize(("name", "parameter"), INTEGERS)
def test_integers_of_numpy_are_integers(name: str, parameter: str) -> None:
    function, good = right_call(name)
    expected = function(**good)
    for kind in (np.int64, np.uint8, np.int32):
        if good[parameter] > np.iinfo(kind).max:
            continue
        found = function(**{**good, parameter: kind(good[parameter])})
        assert repr(found) == repr(expected)


@pytest.mark.parametrize("kind", [np.float16, np.float32, np.float64, np.longdouble])
def test_floats_of_numpy_are_read_at_their_shortest_decimal(kind: Any) -> None:
    mix = Workload.from_classes([(kind("0.1"), 3, kind("0.25"))], capacity=kind(10))
    assert mix == Workload.from_classes([("1/10", 3)], capacity=10)


CONSTRUCTED: dict[str, Any] = {
    "RequestClass": MIX.classes[0],
    "Prediction": stabkit.Prediction(MIX, stabkit.Greedy(), "verdict", "is", "unstable"),
    "Greedy": stabkit.Greedy(),
    "Reservation": stabkit.Reservation(),
    "Recommendation": Later(lambda: stabkit.recommend(ONE)),
    "error": stabkit.InvalidWorkload("'mix' must be a Workload, not 1."),
}
RESULTS = [name for name in CALLS if name != "Workload.from_file"]


@functools.cache
def result(name: str) -> Any:
    if name in CONSTRUCTED:
        made = CONSTRUCTED[name]
        return made.make() if isinstance(made, Later) else made
    function, good = right_call(name)
    return function(**good)


@pytest.mark.parametrize("name", [*RESULTS, *CONSTRUCTED])
def test_a_result_comes_back_from_a_pickle(name: str) -> None:
    before = result(name)
    after = pickle.loads(pickle.dumps(before))
    assert type(after) is type(before)
    assert repr(after) == repr(before)
    if type(before).__eq__ is not object.__eq__ and name not in HOLD_ARRAYS:
        assert after == before


# Whose equality is numpy's, of arrays, or compares objects by identity.
HOLD_ARRAYS = {
    *("nyquist", "root_locus", "simulate", "kernel_picture", "run_picture", "error"),
    "fluctuations",
    *("analysis_picture", "cycle_picture", "policy_picture", "space_time_picture"),
    "animation_picture",
    *("batched_counts", "batched_radii", "batched_fano_factors"),
}


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("long_run", "start", "state"),
        ("long_run", "work", "work_limit"),
        ("steps_to_worst_cycle", "limit", "max_steps"),
        ("basin_sample", "limit", "max_steps"),
    ],
)
def test_an_argument_has_its_older_name_too(name: str, old: str, new: str) -> None:
    function, good = right_call(name)
    given = {old if key == new else key: value for key, value in good.items()}
    message = f"^'{old}' of {name} is '{new}' now; '{old}' goes"
    with pytest.warns(DeprecationWarning, match=message) as warned:
        assert function(**given) == function(**good)
    assert [one.filename for one in warned] == [__file__]
    with pytest.raises(TypeError, match=f"unexpected keyword argument '{old}'"):
        function(**good, **{old: good[new]})


@pytest.mark.parametrize("name", RESULTS)
def test_no_array_of_a_result_can_be_written_to(name: str) -> None:
    before = result(name)
    for one in (before, copy.deepcopy(before), pickle.loads(pickle.dumps(before))):
        arrays = dict(_arrays(one))
        assert bool(arrays) is (name in WITH_ARRAYS)
        assert not [place for place, array in arrays.items() if array.flags.writeable]


WITH_ARRAYS = HOLD_ARRAYS - {"error"} | {"replay", "simulate_requests", "stability_chart"}


def _arrays(value: Any, place: str = "") -> Iterator[tuple[str, np.ndarray]]:
    """Yield every array of a result of stabkit, at any depth, and where it is."""
    if isinstance(value, np.ndarray):
        yield place, value
    if isinstance(value, (list, tuple)):
        value = dict(enumerate(value))
    if is_dataclass(value):
        value = getattr(value, "__dict__", {})
    for key, part in value.items() if isinstance(value, dict) else ():
        yield from _arrays(part, f"{place}.{key}")
