"""Draw mutants of spectrum/, dynamics/ and model/ and count those that the tests kill.

Run in a copy of the checkout that has its tests' coverage, with cosmic-ray and pytest-cov:

    pytest --cov=stabkit --cov-context=test --cov-report= -vv --durations=0 tests/spectrum \\
        tests/dynamics tests/model stabkit/spectrum stabkit/dynamics stabkit/model >durations
    python scripts/mutants.py RESULTS --durations durations --number 300

cosmic-ray makes the mutants: another sign, operator, comparison, number or constant, a condition
negated, a loop left out. Of the places in the code that have any, outside of annotations, a sample
is drawn by seed, and one mutant of each. A mutant is killed by the first failure of the tests that
run its lines and then of those beside them in their files, which may share what these computed, the
fastest first: as many as take eight seconds, and where it survives these, as many more as take a
minute. RESULTS has a line of JSON per mutant; what is in it already is not run again.
"""

from __future__ import annotations

import argparse
import ast
import json
import os
import random
import re
import resource
import signal
import sys
from bisect import bisect
from collections.abc import Iterator
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

import pytest

ROOMS = ("stabkit/spectrum", "stabkit/dynamics", "stabkit/model")
_BINARY = ("Add_Sub", "Sub_Add", "Mul_Div", "Div_Mul", "Mul_Add", "FloorDiv_Mul", "Pow_Mul",
           "Mod_Add", "LShift_RShift", "RShift_LShift", "BitAnd_BitOr", "BitOr_BitAnd")  # fmt: skip
_LEFT_OUT = ("VariableInserter", "VariableReplacer", "RemoveDecorator", "ReplaceBinaryOperator")
_SEED = 20_261_202
_SECONDS = (8.0, 60.0)  # of the tests that run a mutant's lines: first, and where it survives
_TIMES = 8  # what the tests may take of the processor's time, and of these seconds
_MOST_MEMORY = 3 << 30  # bytes
_LIMITS = (signal.SIGXCPU, signal.SIGKILL, signal.SIGALRM)
_OUTCOMES = {0: "survived", 1: "killed", 2: "killed", 4: "no such test"}  # by pytest's status


class Mutant(NamedTuple):
    """The n-th place of an operator in a module, and its first and last line."""

    path: Path
    operator: str
    occurrence: int
    first: int
    last: int


def operators() -> list[str]:
    """Return cosmic-ray's operators, of binary ones those that leave numbers numbers."""
    from cosmic_ray.plugins import operator_names

    others = (
        name for name in operator_names() if name.partition("/")[2].split("_")[0] not in _LEFT_OUT
    )
    return [*others, *(f"core/ReplaceBinaryOperator_{pair}" for pair in _BINARY)]


def places() -> list[list[Mutant]]:
    """Return the mutants of every place, in order."""
    from cosmic_ray.ast import ast_nodes, get_ast_from_path
    from cosmic_ray.plugins import get_operator

    found: dict[Any, list[Mutant]] = {}
    for path in sorted(path for room in ROOMS for path in Path(room).rglob("*.py")):
        nodes, ignored = list(ast_nodes(get_ast_from_path(path))), set(unevaluated(path))
        for name in operators():
            operator = get_operator(name)()
            positions = (at for node in nodes for at in operator.mutation_positions(node))
            for occurrence, (start, end) in enumerate(positions):
                if start[0] not in ignored:
                    mutant = Mutant(path, name, occurrence, start[0], end[0])
                    found.setdefault((path, start), []).append(mutant)
    return [found[place] for place in sorted(found)]


def unevaluated(path: Path) -> Iterator[int]:
    """Yield the lines that hold annotations and nothing else."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef):
            yield from range(node.lineno, node.body[0].lineno)
        elif isinstance(node, ast.AnnAssign) and node.value is None:
            yield node.lineno


def tests_of(mutant: Mutant, data: Any, seconds: dict[str, float]) -> list[list[str]]:
    """Return the tests that run the lines of a mutant, the fastest first, in portions."""
    contexts = data.contexts_by_lineno(str(mutant.path.resolve()))
    lines = range(mutant.first, mutant.last + 1)
    found = {name for line in lines for name in contexts.get(line, [])}
    if found <= {""}:  # what runs when the module is imported: all tests that run any of it
        found = {name for names in contexts.values() for name in names}
    chosen = {re.sub(r"\|(setup|run|teardown)$", "", name) for name in found} - {""}
    files = {name.partition("::")[0] for name in chosen}
    beside = {name for name in seconds if name.partition("::")[0] in files} - chosen
    portions: list[list[str]] = [[] for _ in _SECONDS]
    total = 0.0
    by_seconds = partial(sorted, key=lambda name: seconds.get(name, 0.01))
    for name in (*by_seconds(chosen), *by_seconds(beside)):
        total += seconds.get(name, 0.01)
        if total > sum(_SECONDS) and any(portions):
            break
        portions[bisect(_SECONDS[:-1], total)].append(name)
    return portions


def durations(path: Path) -> dict[str, float]:
    """Return the seconds that tests took, by what `--durations=0 -vv` printed."""
    found = re.findall(r"^([\d.]+)s call +(\S.*)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return {name: float(number) for number, name in found}


def outcome(tests: list[str], seconds: float) -> str:
    """Return what becomes of tests of so many seconds, run in a process of its own."""
    longest = int(_TIMES * seconds)
    child = os.fork()
    if not child:
        quiet = os.open(os.devnull, os.O_WRONLY)
        os.dup2(quiet, 1)
        os.dup2(quiet, 2)
        resource.setrlimit(resource.RLIMIT_CPU, (longest, longest))
        resource.setrlimit(resource.RLIMIT_AS, (_MOST_MEMORY, _MOST_MEMORY))
        signal.alarm(10 * longest)
        options = ["-x", "-q", "-p", "no:cacheprovider", "--hypothesis-seed=0", "-m", "not long"]
        os._exit(int(pytest.main([*options, *tests])))
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    return "timeout" if -status in _LIMITS else _OUTCOMES.get(status, "error")


def tried(mutant: Mutant, portions: list[list[str]]) -> dict[str, Any]:
    from cosmic_ray.mutating import use_mutation
    from cosmic_ray.plugins import get_operator

    operator, path = get_operator(mutant.operator)(), mutant.path
    before = path.read_text(encoding="utf-8").splitlines()
    with use_mutation(path, operator, mutant.occurrence):
        after = path.read_text(encoding="utf-8").splitlines()
        found = "not run"
        for tests, seconds in zip(portions, _SECONDS, strict=True):
            if tests and (found := outcome(tests, seconds)) != "survived":
                break
    if found == "no such test" and outcome(tests, seconds) != found:
        found = "killed"  # when its module was imported
    first = mutant.first - 1
    return {
        "place": f"{path}:{first + 1}",
        "operator": mutant.operator.removeprefix("core/"),
        "line": before[first].strip(),
        "mutant": after[first].strip() if first < len(after) else "",
        "tests": [len(tests) for tests in portions],
        "outcome": found,
    }


def main() -> None:
    import coverage

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("results", type=Path)
    parser.add_argument("--durations", type=Path, required=True)
    parser.add_argument("--number", type=int, default=300)
    options = parser.parse_args()
    sys.dont_write_bytecode = True
    for name in ("flint", "matplotlib", "mpmath", "numpy", "sympy"):
        import_module(name)  # once, for all processes to come
    everything, rng = places(), random.Random(_SEED)
    sample = [rng.choice(place) for place in rng.sample(everything, options.number)]
    print(f"{len(everything)} places", flush=True)
    data, seconds = coverage.CoverageData(), durations(options.durations)
    data.read()
    fastest = sorted(seconds, key=seconds.__getitem__)[:50]
    assert outcome(fastest, _SECONDS[0]) == "survived", "without a mutant"
    options.results.touch()
    done = len(options.results.read_text(encoding="utf-8").splitlines())
    for mutant in sample[done:]:
        record = tried(mutant, tests_of(mutant, data, seconds))
        with options.results.open("a", encoding="utf-8") as file:
            file.write(json.dumps(record) + "\n")


if __name__ == "__main__":
    main()
