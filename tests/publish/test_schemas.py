"""Every command's JSON is what its packaged schema says; a validator of another project decides."""

from __future__ import annotations

import copy
import json
import shlex
from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest
from jsonschema_rs import Draft202012Validator, meta

from stabkit.analysis.verdict.analysis import Analysis
from stabkit.cli.app import main
from stabkit.errors import InvalidArgument
from stabkit.publish.schemas import Schema, schemas
from stabkit.spectrum.margins.disturbance import DisturbanceMargin
from stabkit.spectrum.margins.gain import GainMargin
from stabkit.spectrum.margins.inputs import InputMargin

pytestmark = pytest.mark.slow

EVERY = schemas()
VALIDATORS = {one.name: Draft202012Validator(one.document) for one in EVERY}

# Two classes, gcd > 1, different inputs, L = 1, no capacity, marginal (1:2 1:3), a trace.
LINES = """
analyze 5:3 5:5
analyze 5:3 9:6 --capacity 1000
analyze 1:1
analyze 1:2 1:3
analyze 0:6:2 5:1:3
analyze 100:4 100:6 --no-crosscheck
analyze TRACE --bootstrap 10
analyze 9:2 9:3 --no-crosscheck --certify-start
analyze 0:6:2 5:1:3 --no-crosscheck --certify-start
roots 5:3 5:5
roots 1:1
certify 5:3 5:5
certify 1:2 1:3
certify 30:41 30:45
roots 5:3 9:6 --top 2 --digits 200
synchrony 100:4 100:6
synchrony 5:3 5:5
synchrony 1:1
threshold 5:3 5:5
threshold 5:4 5:6
threshold 5:3 9:6 --along shift
threshold 5:3 9:6 --along scale
threshold 5:3 9:6 --along 1,1/2
threshold 1:1
margins 5:3 5:5
margins 5:3 9:6 --capacity 1000
margins 1:1
margins 1:2 1:3
margins 20:3 20:5 --shares-within 20%
margins 5:3 5:5 4:1 --shares-within 1/10
chart 2 3 --rows 5
chart 3 5 --vary p,kappa --input 5 --rows 5
chart 5 6 7 --input 5 --rows 5
atlas
sweep s:3 s:5 --axis s=0..9 --dry-run
sweep s:3 s:5 --axis s=0..9 --into FOLDER --workers 1
locus 5:3 5:5 --points 5
locus 10:5 --along kappa --points 5
locus 1:1 --points 3
nyquist 5:3 5:5
nyquist 1:1
nyquist 1:2 1:3
simulate 5:3 5:5 --steps 12
simulate 5:3 9:6 --steps 12 --arithmetic exact
simulate 2:2 --capacity 140 --arithmetic integer --steps 5
cycle 10:5
cycle 5:3 5:6
cycle 0:6:2 5:1:3
cycle 5:3 --state STATE
cycle 1:1
policy 10:5
policy 5:3 9:6 --capacity 1000 --policy headroom:0.2 --policy reservation
policy 1:1
policy 10:5 --capacity 650 --max-num-seqs 43 --steps 200
policy 10:5 --capacity 650 --max-num-seqs 44 --steps 0
policy 5:3 5:5 --sweep gain
policy 10:5 --recommend
policy 5:20 --recommend --share-with '10:3 5:8'
policy 10:5 --capacity 130 --recommend
pool 10:3 10:5 --replicas 2 --capacity 5050
pool 4:8 4:16 3:5 --steps 100 --partition 1,2/3
sizing 10:5 --capacity 650
sizing 5:3 9:6 --capacity 1000 --block-size 16 --step-seconds 1/33
sizing 1:1 --capacity 100
soft-start 2:2 2:3 --capacity 1000
soft-start 5:3 5:5
soft-start 1:1
soft-start 1:2 1:3
sizing 10:5 --capacity 650 --max-num-seqs 44
finite 5:3 5:5 --capacity 1000 --steps 200
finite 1:1 --capacity 100 --max-num-seqs 50 --steps 0
finite TRACE --capacity 400 --evictions 1e-3 --steps 100
replay 20x30:40 --scheduler vllm-v0 --capacity 480
replay 2x5:1 3x9:4@2.5 --capacity 160 --step-time 0.02,0.0001
replay REQUESTS --capacity 960 --observed SERIES --step-time fit -o async_scheduling=false
prove closed-form
lessons
exercise --count 10
examples
formats
schema
""".strip().splitlines()

# A key has one type, but for these.
EXCEPTIONS = {
    # an enclosure, but a percentile interval in the `bootstrap` of stabkit.analysis/1, which stays
    "spectral_radius",
}
ESTIMATE = {"mean", "interval_95"}


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], dict[str, Any]]:
    """Return a function that returns what a command line writes into a .json file."""
    folder = tmp_path_factory.mktemp("json")
    trace, state, out = (folder / name for name in ("trace.csv", "state.json", "out.json"))
    rows = "".join(f"{5 + i % 3},{3 + i % 2}\n" for i in range(40))
    trace.write_text(f"input_length,output_length\n{rows}")
    state.write_text('[["1", "2", "1/2"]]')
    requests, series = folder / "requests.csv", folder / "series.csv"
    requests.write_text("input,output,arrival_s\n" + "".join(f"30,9,{i // 3}\n" for i in range(12)))
    series.write_text(
        "t,running,waiting,gen_tokens_in_tick\n1,3,0,9\n2,6,1,30\n3,6,0,60\n4,0,0,9\n"
    )
    names = {"TRACE": str(trace), "STATE": str(state)}
    names |= {"FOLDER": str(folder / "sweep")}
    names |= {"REQUESTS": str(requests), "SERIES": str(series)}

    def written(line: str) -> dict[str, Any]:
        words = [names.get(word, word) for word in shlex.split(line)]
        assert main([*words, "--output", str(out)]) == 0
        record: dict[str, Any] = json.loads(out.read_text())
        return record

    return written


def errors(record: dict[str, Any]) -> list[str]:
    return [
        f"{e.instance_path}: {e.message}" for e in VALIDATORS[record["schema"]].iter_errors(record)
    ]


@pytest.mark.parametrize("line", LINES)
def test_every_command_prints_what_its_schema_says(line: str, run: Callable[..., Any]) -> None:
    assert errors(run(line)) == []


def test_every_schema_is_tried() -> None:
    tried = {line.split()[0] for line in LINES}
    assert {t.split()[1] for t in (s.title for s in EVERY) if t.startswith("stabkit ")} == tried


@pytest.mark.parametrize("one", EVERY, ids=lambda one: one.name)
def test_schema_is_valid_and_whole(one: Schema) -> None:
    meta.validate(one.document)
    local = {one.document["$id"], "urn:stabkit:common"}
    inside = set(one.document["$defs"])
    for node in _objects(one.document):
        if "$ref" in node:
            home, _, pointer = node["$ref"].partition("#")
            assert home in local | {""}
            assert home or not pointer or pointer.split("/")[2] in inside | _shared()
        if "properties" in node:
            kind = "maxProperties" in node  # of a part: what goes with it, and nothing else
            assert kind or node["additionalProperties"] is False
            known = one.document["properties"] if kind else node["properties"]
            assert set(node.get("required", ())) <= set(known)


def test_every_name_in_the_package_has_a_schema() -> None:
    import stabkit

    text = "".join(path.read_text() for path in Path(stabkit.__file__).parent.rglob("*.py"))
    starts = ('SCHEMA = "', 'PART = "')
    named = {line.split('"')[1] for line in text.split("\n") if line.startswith(starts)}
    assert named == set(VALIDATORS)


@pytest.mark.parametrize("line", ["analyze 5:3 9:6 --capacity 1000", "cycle 5:3 5:6", "chart 2 3"])
def test_another_document_is_refused(line: str, run: Callable[..., Any]) -> None:
    record = run(line)
    tried = 0
    for path in list(_paths(record)):
        for mutant in _mutants(record, path):
            tried += 1
            assert errors(mutant), path
    assert tried > 15


def test_null_is_where_the_record_may_be_none() -> None:
    (one,) = schemas("analysis")
    _same_nulls(Analysis, one.document, one.document)


@pytest.mark.parametrize("kind", [GainMargin, InputMargin, DisturbanceMargin])
def test_null_is_where_the_margin_may_be_none(kind: type) -> None:
    (one,) = schemas("margins")
    key = {GainMargin: "gain", InputMargin: "shift", DisturbanceMargin: "disturbance"}[kind]
    properties = _resolved(one.document["properties"][key], one.document)["properties"]
    for name, hint in get_type_hints(kind).items():
        if name in properties:
            assert _may_be_null(properties[name]) == (type(None) in get_args(hint)), name


def _same_nulls(record: type, node: dict[str, Any], document: dict[str, Any]) -> None:
    """See that a key of a schema may be null if and only if the field of the record may be None."""
    hints = get_type_hints(record)
    for field in (one for one in fields(record) if one.compare):
        value, hint = node["properties"][field.name], hints[field.name]
        assert _may_be_null(value) == (type(None) in get_args(hint)), field.name
        inner = [kind for kind in (hint, *get_args(hint)) if is_dataclass(kind)]
        if inner:
            below = _resolved(value, document)
            below = _resolved(below["items"], document) if "items" in below else below
            _same_nulls(inner[0], below, document)


def _may_be_null(value: dict[str, Any]) -> bool:
    nulls = value.get("type", ""), {"type": "null"} in value.get("anyOf", ())
    return "null" in nulls[0] or nulls[1] or None in value.get("enum", ())


def test_a_key_has_one_type() -> None:
    found: dict[str, list[Any]] = {}
    for one in EVERY:
        for node in _objects(one.document):
            for key, value in node.get("properties", {}).items():
                found.setdefault(key, []).append(_type(value, one.document))
    other = {key for key, types in found.items() if not all(_agree(types[0], t) for t in types)}
    assert other == EXCEPTIONS


def test_every_key_of_a_result_is_described() -> None:
    for one in EVERY:
        for node in _objects(one.document):
            if "maxProperties" in node:
                continue  # what goes with a kind
            for key, value in node.get("properties", {}).items():
                if key in ("title", "name", "chapter", "goals", "prerequisites", "topic"):
                    continue  # say what they are
                resolved = _resolved(value, one.document)
                assert "description" in value or "description" in resolved or key in VERBATIM, key


VERBATIM = {
    *("stable", "unstable", "marginal", "undecided"),
    *("lessons", "theorems", "exercises", "examples", "schemas", "best"),
}


def test_names_are_found_with_and_without_number() -> None:
    for name in ("analysis", "analysis/1", "stabkit.analysis/1"):
        assert schemas(name)[0].name == "stabkit.analysis/1"
    for name, near in {
        "analysys": "analysis/1",
        "nyqist": "nyquist/2",
        "?" * 99: r"\w+/\d",
    }.items():
        refused = rf"'name' must be a schema such as stabkit\.{near}, not"
        with pytest.raises(InvalidArgument, match=refused):
            schemas(name)


def _objects(node: Any) -> Iterator[dict[str, Any]]:
    """Yield every object of a schema, itself first."""
    if isinstance(node, dict):
        yield node
    for child in node.values() if isinstance(node, dict) else node:
        if isinstance(child, (dict, list)):
            yield from _objects(child)


def _shared() -> set[str]:
    return set(EVERY[0].document["$defs"]["common"]["$defs"])


def _resolved(node: dict[str, Any], document: dict[str, Any]) -> dict[str, Any]:
    """Return what a node refers to; a pointer without a home is looked for in both."""
    while "$ref" in node or "anyOf" in node:
        if "anyOf" in node:
            choices = [part for part in node["anyOf"] if part != {"type": "null"}]
            if len(choices) > 1:
                return node
            (node,) = choices
            continue
        pointer = node["$ref"].partition("#")[2]
        if not pointer:
            return document
        name, shared = pointer.split("/")[2], document["$defs"]["common"]["$defs"]
        local = {} if node["$ref"].startswith("urn:") else document["$defs"]
        node = local.get(name) or shared[name]
    return node


def _type(node: dict[str, Any], document: dict[str, Any]) -> Any:
    """Return a JSON type without null: of a list with that of its items, of an object its keys.

    A quantity is one type: docs/development.md says which text, number or object tells of what.
    """
    node = _resolved(node, document)
    if "anyOf" in node:
        kinds = {str(_type(part, document)) for part in node["anyOf"]}
        return kinds.pop() if len(kinds) == 1 else tuple(sorted(kinds))
    if "const" in node or "enum" in node:
        return "string"
    kind = node["type"]
    kind = next(k for k in kind if k != "null") if isinstance(kind, list) else kind
    if "pattern" in node or kind == "number" or set(node.get("properties", ())) == ESTIMATE:
        return "quantity"
    if kind == "array":
        return ["array", "pair" if "prefixItems" in node else _type(node["items"], document)]
    if kind == "object" and "properties" in node:
        return frozenset(node["properties"])
    return kind


def _agree(one: Any, other: Any) -> bool:
    """Whether two types are one; an object may say more where it is shown alone."""
    if isinstance(one, frozenset) and isinstance(other, frozenset):
        return one <= other or other <= one
    if isinstance(one, list) and isinstance(other, list):
        return _agree(one[1], other[1])
    return bool(one == other)


def _paths(node: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the way to every object of a record; of a list to the first one alone."""
    if isinstance(node, dict):
        yield path
        for key, child in node.items():
            yield from _paths(child, (*path, key))
    elif isinstance(node, list) and node:
        yield from _paths(node[0], (*path, 0))


def _mutants(record: dict[str, Any], path: tuple[Any, ...]) -> Iterator[dict[str, Any]]:
    """Yield the record with a key dropped, added, or of another type at the end of the path."""
    kept = (
        "bootstrap",
        "certified_start",
        "empty_start",
        "finite",
        "no_eviction",
    )  # records of stabkit.analysis/1 from before they were added
    for change in ("drop", "add", "type"):
        mutant = copy.deepcopy(record)
        place: Any = mutant
        for step in path:
            place = place[step]
        keys = [key for key in place if key not in ("schema", *kept)]
        if "fixed" in path or not keys:
            continue  # a map, whose keys depend on the chart
        if change == "drop":
            del place[keys[-1]]
        elif change == "add":
            place["another"] = 1
        else:
            place[keys[-1]] = {"another": 1}
        yield mutant
