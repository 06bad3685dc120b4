"""Generated command lines and generated files: an exit status, one line, nothing else goes wrong.

Whatever comes in, the status is 0, 2, 3 or 4 within 60 seconds and 4 GB, there is no traceback, and
no control character reaches a terminal. 50 command lines and 50 files; where slow tests run some
more of every command, and of every command that reads a file; 50 000 of each on demand: `pytest -m
long tests/fuzz`. The draws are the same in every run.
"""

from __future__ import annotations

import bz2
import gzip
import json
import lzma
import resource
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

FEW, MANY = 50, 50_000
_MEMORY = 4 * 2**30

Fault = Callable[..., str | None]


@pytest.fixture(scope="module", autouse=True)
def _bounded_memory() -> Iterator[None]:
    before = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_AS, before)


def drawn(count: int) -> Any:
    # Without shrinking: a failing draw is one command line, short enough, and some take a minute.
    return settings(
        max_examples=count,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )


def mostly(usual: st.SearchStrategy[str], rare: st.SearchStrategy[str], odds: int = 8) -> Any:
    """Draw from `rare` once in `odds` times."""
    return st.integers(1, odds).flatmap(lambda n: rare if n == odds else usual)


NASTY = st.sampled_from(
    [
        "", " ", "-", "--", ".", "..", "/", "a/", "nan", "inf", "-inf", "1e900", "-1e900", "1e-900",
        "9" * 5000, "1e999999999", "0x10", "1_000", "٣", "½", "1/0", "0/0", "1/3", "-1", "0", "00",
        "1.5", "None", "True", "null", "[red]x[/]", "\x1b[31m", "\x1b]0;x\x07", "a\nb", "a\rb",
        "\u202eevil", "\u0085", "\udcff", "\ud800", "nul\0", "$x_", "%s", "{}", "{0}", "\\", "'",
        '"', "<b>", "__import__('os')", "x" * 3000, "10" + "0" * 400, "--help", "--json", ":", "::",
        "=", ",", "/dev/null", "/dev/zero", "/dev/full", "loop", "folder", "pipe", "mix.toml",
    ]
)  # fmt: skip
TEXT = st.one_of(
    NASTY,
    st.text(max_size=12),
    st.binary(max_size=8).map(lambda b: b.decode("utf-8", "surrogateescape")),
)

SMALL = st.integers(0, 12).map(str)
INPUT = mostly(
    st.one_of(SMALL, st.integers(0, 500).map(str), st.fractions(0, 50, max_denominator=9).map(str)),
    st.one_of(st.sampled_from(["1000000000000", "1e12", "1e-300", "-1", "1e13", "0.1"]), TEXT),
    12,
)
DECODE = mostly(
    st.integers(1, 14).map(str),
    st.one_of(st.integers(15, 60).map(str), st.sampled_from(["0", "1000000000", "10000000000"])),
    12,
)
WEIGHT = mostly(
    st.one_of(SMALL, st.fractions(0, 3, max_denominator=12).map(str)),
    st.one_of(st.sampled_from(["1e-300", "1e300", "1/1000000007", "0", "-1", "1e-999"]), TEXT),
    12,
)
CLASS = st.one_of(
    st.builds("{}:{}".format, INPUT, DECODE), st.builds("{}:{}:{}".format, INPUT, DECODE, WEIGHT)
)
CLASSES = st.lists(CLASS, min_size=1, max_size=4)
MIX = mostly(
    CLASSES,
    st.one_of(
        TEXT.map(lambda text: [text]),
        st.lists(TEXT, max_size=3),
        st.sampled_from(
            [
                ["homogeneous"],
                ["mix.toml"],
                ["mix.json"],
                ["trace.csv"],
                ["folder"],
                ["trace.csv", "trace.csv"],
                ["trace.csv", "mix.toml"],
            ]
        ),
    ),
    10,
)
CAPACITY = mostly(
    st.integers(30, 2000).map(str),
    st.one_of(st.sampled_from(["0", "1e18", "1e19", "1/3", "100.5", "1k", "0.001Mi", "9g"]), TEXT),
)
COUNT = mostly(st.integers(1, 60).map(str), st.one_of(st.integers(-2, 0).map(str), TEXT), 6)
FILE = mostly(
    st.sampled_from(["out.txt", "out.json", "out.csv", "out.tex", "out.html", "new.out"]),
    st.one_of(
        st.sampled_from(
            [
                "mix.toml",
                "trace.csv",
                "state.json",
                "link.toml",
                "hard.toml",
                "loop",
                "folder",
                "folder/",
                "new/",
                "missing/x",
                "/dev/null",
                "/dev/full",
                "pipe",
                ".",
                "out.png",
            ]
        ),
        TEXT.filter(lambda text: not text.startswith("/")),
    ),
    4,
)
SIZE = mostly(
    st.one_of(
        st.sampled_from(["column", "page", "slide", "3.4x2.5", "2x2"]),
        st.builds("{}x{}".format, st.integers(0, 12), st.integers(0, 12)),
    ),
    st.one_of(st.sampled_from(["x", "3x", "1e3x1", "nanxnan", "infx1", "50x50", "3×2"]), TEXT),
    4,
)
DPI = mostly(st.integers(20, 90).map(str), st.one_of(st.sampled_from(["0", "2400", "1e2"]), TEXT))
FIGURE = mostly(st.sampled_from(["f.png", "f.svg", "f.pdf", "F.PNG"]), FILE, 4)
POLICY = mostly(
    st.sampled_from(
        [
            "greedy",
            "damped",
            "damped:1/3",
            "headroom",
            "headroom:0.2",
            "rate-limited:1.05",
            "rate-limited",
            "reservation",
            "damped:2",
            "headroom:1",
            "rate-limited:0",
        ]
    ),
    st.one_of(
        st.builds("{}:{}".format, st.sampled_from(["damped", "headroom", "greedy"]), TEXT), TEXT
    ),
)


def one_of(*names: str) -> st.SearchStrategy[str]:
    return mostly(st.sampled_from(names), TEXT)


FLAG = st.none()
DIGITS = mostly(st.integers(1, 60).map(str), st.sampled_from(["1000", "0", "1001", "x"]))
ROOT_DIGITS = mostly(st.integers(1, 60).map(str), st.sampled_from(["4301", "0", "100001"]))
LOG = one_of("server.log", "blocks.log", "mix.toml", "/dev/zero", "pipe")
TIME = one_of("1", "2.5", "2024-05-12", "2024-05-12T00:00Z", "1e999")
MIX_OPTIONS = {
    "--capacity": CAPACITY,
    "--log": LOG,
    "--block-size": COUNT,
    "--input-column": one_of("a", "ContextTokens"),
    "--output-column": one_of("b", "GeneratedTokens"),
    "--from": TIME,
    "--to": TIME,
    "--time-column": one_of("time", "a.b"),
}
PRINTED = {"--json": FLAG, "--output": FILE}
DRAWN = PRINTED | {"--figure": FIGURE, "--size": SIZE, "--dpi": DPI, "--title": TEXT}
FRAME = {"--size", "--dpi", "--title"}
COMMANDS: dict[str, dict[str, st.SearchStrategy[Any]]] = {
    "analyze": MIX_OPTIONS | DRAWN | {
        "--fail-if-unstable": FLAG,
        "--no-crosscheck": FLAG,
        "--bootstrap": mostly(st.integers(1, 5).map(str), TEXT),
        "--seed": COUNT,
        "--certify-start": FLAG,
        "--state": one_of("state.json", "equilibrium", "missing.json"),
    },
    "roots": MIX_OPTIONS | DRAWN | {
        "--top": COUNT,
        "--digits": ROOT_DIGITS,
        "--method": one_of("auto", "mpmath"),
        "--symbolic": FLAG,
    },
    "synchrony": MIX_OPTIONS | DRAWN,
    "threshold": MIX_OPTIONS | DRAWN | {
        "--along": one_of("common", "shift", "scale", "1,0", "1/3,2", "0,0", "-1,1", ",", "1e900"),
        "--digits": DIGITS,
    },
    "margins": MIX_OPTIONS | DRAWN | {
        "--shares-within": one_of("20%", "0", "100%", "1/3", "1e-900", "1e900", "%", "0.5"),
        "--shares-level": one_of("95%", "0", "100%", "1e-900", "%", "0.999999999999999999"),
    },
    "soft-start": MIX_OPTIONS | PRINTED,
    "locus": MIX_OPTIONS | DRAWN | {
        "--along": one_of("s", "p", "kappa"),
        "--from": WEIGHT,
        "--to": INPUT,
        "--points": mostly(st.integers(2, 6).map(str), TEXT),
    },
    "nyquist": MIX_OPTIONS | DRAWN,
    "simulate": MIX_OPTIONS | DRAWN | {
        "--steps": mostly(st.integers(0, 300).map(str), TEXT),
        "--arithmetic": one_of("exact", "float", "integer"),
        "--policy": POLICY,
        "--state": one_of("state.json", "equilibrium", "missing.json"),
    },
    "cycle": MIX_OPTIONS | DRAWN | {
        "--state": one_of("state.json"),
        "--max-period": mostly(st.integers(1, 300).map(str), TEXT),
    },
    "policy": MIX_OPTIONS | DRAWN | {
        "--policy": POLICY,
        "--sweep": one_of("rate", "gain", "watermark"),
        "--recommend": FLAG,
        "--share-with": mostly(CLASSES.map(" ".join), TEXT),
    },
    "pool": MIX_OPTIONS | DRAWN | {
        "--replicas": COUNT,
        "--objective": one_of("demand", "requests", "tokens"),
        "--policy": POLICY,
        "--steps": COUNT,
        "--partition": one_of("1,2", "1/2", "1,2/3", "2,1", "0"),
    },
    "sizing": MIX_OPTIONS | DRAWN | {
        "--memory": one_of("5GiB", "1 kb", "1e3 b"),
        "--hf-config": one_of("config.json", "mix.json", "state.json", "/dev/zero", "pipe"),
        "--layers": COUNT,
        "--kv-heads": COUNT,
        "--head-size": COUNT,
        "--kv-dtype": one_of("float16", "fp8"),
        "--tensor-parallel": COUNT,
        "--step-seconds": one_of("1/30", "1e900", "1e-900", "0", "1e12"),
        "--max-num-seqs": COUNT,
    },
    "finite": MIX_OPTIONS | DRAWN | {
        "--evictions": one_of("1e-4", "0", "1e900", "-1"),
        "--max-num-seqs": COUNT,
        "--steps": one_of("0", "100", "1e3", "-1", "999999999"),
    },
    "derive": MIX_OPTIONS | {
        "--symbolic": one_of("shape", "one-class"),
        "--fragment": FLAG,
        "--bibtex": FLAG,
        "--exercise": FLAG,
        "--output": FILE,
    },
    "exercise": {
        "--topic": one_of("roots", "gcd", "cycle", "policy", "threshold"),
        "--seed": COUNT,
        "--count": mostly(st.integers(1, 3).map(str), TEXT),
        "--answer": FLAG,
        "--tex": FLAG,
        "--json": FLAG,
        "--output": FILE,
    },
    "chart": DRAWN | {
        "--vary": one_of("s,p", "p,kappa", "s,kappa", "p,s"),
        "--input": INPUT,
        "--share": WEIGHT,
        "--gain": WEIGHT,
        "--range": one_of("s=0:9", "p=1/10:9/10", "kappa=0:1"),
        "--rows": mostly(st.integers(2, 4).map(str), TEXT),
        "--csv": FILE,
    },
    "atlas": DRAWN,
    "formats": PRINTED,
    "examples": PRINTED,
    "lessons": PRINTED,
    "prove": {"--json": FLAG, "--tex": FLAG, "--output": FILE},
}  # fmt: skip
# What costs a second or more comes less often, so that more of the rest fits into a minute.
DEAR = ("atlas", "chart", "cycle", "derive", "margins", "policy", "prove")
CHEAP = [name for name in COMMANDS if name not in DEAR]


@st.composite
def command_lines(draw: Any, names: Sequence[str] = ()) -> list[str]:
    """Lines of some commands, by default of any."""
    dear = draw(st.integers(1, 12)) == 1
    name = draw(st.sampled_from(names or (sorted(COMMANDS) if dear else CHEAP)))
    line = [name] if draw(st.integers(1, 50)) > 1 else [draw(TEXT)]
    if name == "chart":
        line += draw(st.lists(mostly(st.integers(1, 5).map(str), TEXT), min_size=1, max_size=3))
    elif name == "prove":
        line += draw(st.lists(mostly(st.sampled_from(["R5", "R9"]), TEXT), min_size=1, max_size=1))
    elif name == "locus":
        line += draw(CLASSES)  # the packaged default takes minutes: it has 1 000 roots to follow
    elif "--capacity" in COMMANDS[name]:
        line += draw(MIX)
    options = draw(st.lists(st.sampled_from(sorted(COMMANDS[name])), max_size=3, unique=True))
    if FRAME & set(options) and "--figure" not in options and draw(st.booleans()):
        options.append("--figure")
    for option in options:
        value = draw(COMMANDS[name][option])
        line += (
            [option]
            if value is None
            else [f"{option}={value}"]
            if draw(st.booleans())
            else [option, value]
        )
    if draw(st.integers(1, 30)) == 1:
        line.insert(draw(st.integers(0, len(line))), draw(TEXT))
    return line


NUMBERS = st.one_of(
    st.integers(0, 20),
    st.integers(0, 20).map(str),
    st.sampled_from([-1, 1.5, 1e300, "1/3", "x", None, True, [], {}, 10**30, "\udcff", "\x1b[31m"]),
)


def json_text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


ENTRY = st.fixed_dictionaries(
    {"input_length": NUMBERS, "decode_length": st.one_of(st.integers(1, 9), NUMBERS)},
    optional={"weight": NUMBERS, "wieght": NUMBERS},
)
DOCUMENT = st.fixed_dictionaries(
    {"class": st.one_of(st.lists(ENTRY, max_size=4), NUMBERS)},
    optional={"capacity": st.one_of(st.integers(30, 900), NUMBERS), "name": TEXT, "x": NUMBERS},
)


def toml_text(record: Any) -> str:
    lines = [f"{key} = {json.dumps(value)}" for key, value in record.items() if key != "class"]
    for entry in record["class"] if isinstance(record["class"], list) else [{"x": record["class"]}]:
        lines += ["[[class]]", *(f"{key} = {json.dumps(value)}" for key, value in entry.items())]
    return "\n".join(lines)


FIELD = mostly(
    st.integers(0, 20).map(str), st.one_of(TEXT, st.sampled_from(["", "-1", "NaN", '"3"'])), 20
)
HEAD = st.sampled_from(
    ["ContextTokens,GeneratedTokens", "num_prefill_tokens,num_decode_tokens", "a,b", "a,a", "",
     "input_length,output_length", "decode_length,count,input_length_sum", "input_toks,output_toks",
     "time,input_toks,output_toks", "output_toks;input_toks", "x\tusage.prompt_tokens\tusage.x"]
)  # fmt: skip
CSV = st.builds(
    lambda head, rows, end: end.join([head, *(",".join(row) for row in rows)]) + end,
    HEAD,
    st.lists(st.lists(FIELD, min_size=2, max_size=3), max_size=8),
    st.sampled_from(["\n", "\r\n", "\r", "\n\n"]),
)
JSONL = st.lists(
    st.fixed_dictionaries({"input_length": NUMBERS, "output_length": NUMBERS}), max_size=6
).map(lambda rows: "\n".join(map(json_text, rows)))
ARRAYS = st.one_of(st.lists(NUMBERS, max_size=3), NUMBERS)
USAGE = st.fixed_dictionaries(
    {"prompt_tokens": NUMBERS}, optional={"completion_tokens": NUMBERS, "x": NUMBERS}
)
NESTED = st.recursive(
    st.one_of(USAGE, st.fixed_dictionaries({"input_lens": ARRAYS, "output_lens": ARRAYS})),
    lambda inner: st.one_of(
        st.dictionaries(st.sampled_from(["usage", "benchmarks", "requests", "a.b", ""]), inner),
        st.lists(inner, max_size=3),
    ),
    max_leaves=5,
).map(json_text)
LOG_LINES = st.builds(
    str.format,
    st.sampled_from(
        [
            "# GPU blocks: {0}, # CPU blocks: 7",
            "(Worker rank={1} pid={0}) GPU KV cache size: {0} tokens",
            "[{1} TP0] max_total_num_tokens={0}",
            "Setting max batch total tokens to {0}",
            "tokens per block={1}, primary blocks={0}",
            "max_block_count = {0}",
            'vllm:cache_config_info{{block_size="{1}",num_gpu_blocks="{0}"}} 1.0',
        ]
    ),
    mostly(COUNT, TEXT),
    TEXT,
)
CONFIG = st.fixed_dictionaries(
    {"num_hidden_layers": NUMBERS, "num_attention_heads": NUMBERS, "hidden_size": NUMBERS},
    optional={
        "num_key_value_heads": NUMBERS,
        "kv_lora_rank": NUMBERS,
        "qk_rope_head_dim": NUMBERS,
        "head_dim": NUMBERS,
        "sliding_window": NUMBERS,
        "sliding_window_pattern": NUMBERS,
        "layer_types": st.one_of(NUMBERS, st.lists(NUMBERS, max_size=3)),
        "torch_dtype": st.one_of(st.just("float16"), NUMBERS),
        "text_config": NUMBERS,
    },
)
STATE = st.lists(st.lists(NUMBERS, max_size=4), max_size=3).map(json_text)
NAMES = mostly(
    st.just("mix"),
    TEXT.filter(lambda t: "/" not in t and "\0" not in t and len(t) < 60 and _fits(t)).map(
        lambda text: f"m{text}"
    ),
    3,
)


def _fits(text: str) -> bool:
    try:
        return len(text.encode("utf-8", "surrogateescape")) < 200
    except UnicodeEncodeError:
        return False


READING = [
    ["analyze", "FILE", "--no-crosscheck"],
    ["analyze", "FILE", "--no-crosscheck", "--json"],
    ["analyze", "FILE", "--bootstrap", "2", "--no-crosscheck"],
    ["roots", "FILE", "--top", "1"],
    ["synchrony", "FILE"],
    ["threshold", "FILE"],
    ["pool", "FILE", "--steps", "20"],
    ["sizing", "FILE", "--capacity", "500"],
    ["sizing", "FILE", "--capacity", "500", "--json"],
    ["sizing", "5:3", "--log", "FILE"],
    ["simulate", "5:3", "--steps", "3", "--log", "FILE", "--block-size", "16"],
    ["sizing", "5:3", "--memory", "5GiB", "--hf-config", "FILE"],
    ["simulate", "5:3", "--steps", "3", "--state", "FILE"],
    ["simulate", "FILE", "--steps", "9", "--input-column", "a", "--output-column", "b"],
    ["simulate", "FILE", "--steps", "9", "--json"],
    ["policy", "FILE", "--policy", "greedy"],
    ["nyquist", "FILE", "--figure", "f.svg"],
    ["analyze", "FILE", "--output", "FILE"],
]


@st.composite
def files(draw: Any, commands: Sequence[list[str]] = READING) -> tuple[str, bytes, list[str]]:
    """A name, its content, and the command line, in which FILE is the name."""
    suffix, texts = draw(
        st.sampled_from(
            [
                (".toml", DOCUMENT.map(toml_text)),
                (".json", DOCUMENT.map(json_text)),
                (".csv", CSV),
                (".jsonl", JSONL),
                (".json", NESTED),
                (".jsonl", st.lists(NESTED, max_size=3).map("\n".join)),
                (".json", STATE),
                (".log", st.builds("{}\n{}".format, LOG_LINES, TEXT)),
                (".json", CONFIG.map(json_text)),
            ]
        )
    )
    content = draw(texts).encode("utf-8", "surrogatepass")
    packed = draw(st.sampled_from([bytes] * 12 + [gzip.compress, bz2.compress, lzma.compress]))
    content = packed(content)
    if draw(st.integers(1, 5)) == 1:
        content = draw(_broken(content))
    name = draw(NAMES) + draw(mostly(st.just(suffix), st.sampled_from([".TOML", ".csv", ".x"]), 20))
    return name, content, draw(st.sampled_from(commands))


@st.composite
def _broken(draw: Any, content: bytes) -> bytes:
    at = draw(st.integers(0, len(content)))
    middle = draw(
        st.one_of(st.binary(max_size=6), st.sampled_from([b"\0", b"\xff\xfe", b"\xef\xbb\xbf"]))
    )
    return content[:at] + middle + content[draw(st.integers(at, len(content))) :]


def _furnish(folder: Path) -> None:
    """Put the files that command lines name into the folder."""
    mix = "[[class]]\ninput_length = 5\ndecode_length = 3\n"
    if not (folder / "loop").is_symlink():
        (folder / "loop").symlink_to("loop")
        (folder / "folder").mkdir()
        (folder / "mix.toml").write_text(mix)
        (folder / "link.toml").symlink_to("mix.toml")
        (folder / "hard.toml").hardlink_to(folder / "mix.toml")
    (folder / "mix.json").write_text('{"class": [{"input_length": 5, "decode_length": 3}]}')
    (folder / "trace.csv").write_text("ContextTokens,GeneratedTokens\n3,4\n5,7\n")
    (folder / "state.json").write_text("[[1, 2, 3]]")
    (folder / "server.log").write_text("INFO GPU KV cache size: 41,408 tokens\n")
    (folder / "blocks.log").write_text("# GPU blocks: 40\n")
    (folder / "config.json").write_text(
        '{"num_hidden_layers": 2, "num_attention_heads": 4, "hidden_size": 64, "dtype": "float16"}'
    )


def check_command_line(fault: Fault, line: list[str]) -> None:
    _furnish(Path())
    wrong = fault(line)
    assert wrong is None, f"{line!a}: {wrong}"


def check_file(fault: Fault, case: tuple[str, bytes, list[str]]) -> None:
    name, content, command = case
    Path(name).write_bytes(content)
    wrong = fault([name if part == "FILE" else part for part in command])
    after = Path(name).read_bytes()
    Path(name).unlink()
    assert wrong is None, f"{name!a} {content!a} {command}: {wrong}"
    assert after == content, f"{name!a} was written: {command}"


@drawn(FEW)
@given(line=command_lines())
def test_hostile_command_lines(fault: Fault, line: list[str]) -> None:
    check_command_line(fault, line)


@drawn(FEW)
@given(case=files())
def test_hostile_files(fault: Fault, case: tuple[str, bytes, list[str]]) -> None:
    check_file(fault, case)


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_hostile_lines_of_every_command(fault: Fault, name: str) -> None:
    @drawn(2 if name in DEAR else 9)
    @given(line=command_lines([name]))
    def check(line: list[str]) -> None:
        check_command_line(fault, line)

    check()


@pytest.mark.slow
@pytest.mark.parametrize("command", READING, ids=" ".join)
def test_hostile_files_for_every_command(fault: Fault, command: list[str]) -> None:
    @drawn(9)
    @given(case=files([command]))
    def check(case: tuple[str, bytes, list[str]]) -> None:
        check_file(fault, case)

    check()


@pytest.mark.long
@drawn(MANY)
@given(line=command_lines())
def test_many_hostile_command_lines(fault: Fault, line: list[str]) -> None:
    check_command_line(fault, line)


@pytest.mark.long
@drawn(MANY)
@given(case=files())
def test_many_hostile_files(fault: Fault, case: tuple[str, bytes, list[str]]) -> None:
    check_file(fault, case)
