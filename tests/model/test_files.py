"""Mix files: what TOML and JSON say, and every way in which a file can be bad."""

from __future__ import annotations

import gzip
import json
import os
import tarfile
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import stabkit.model.files as files_module
from stabkit.errors import InvalidWorkload
from stabkit.model.workload import Workload

TOML = """
name = "chat"
capacity = 10000
[[class]]
input_length = 100
decode_length = 7
weight = "1/3"
[[class]]
input_length = 0.5
decode_length = 10
weight = 0.1
"""
JSON = """{"name": "chat", "capacity": 10000, "class": [
  {"input_length": 100, "decode_length": 7, "weight": "1/3"},
  {"input_length": 0.5, "decode_length": 10, "weight": 0.1}]}"""
CLASS = '"input_length": 1, "decode_length": 2'


def refusal(path: Path, **options: object) -> str:
    with pytest.raises(InvalidWorkload) as caught:
        Workload.from_file(path, **options)
    message = str(caught.value)
    assert message.isprintable()
    assert len(message) < 400
    return message


def written(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("mix.toml", TOML),
        ("mix.TOML", TOML.replace("\n", "\r\n")),
        ("mix.json", JSON),
        ("mix.Json", "\ufeff" + JSON),
        ("mix.toml", TOML.replace("10000", '"10k"')),
        ("mix.json", JSON.replace("10000", '"0.01 M"')),
    ],
)
def test_a_mix(tmp_path: Path, name: str, content: str) -> None:
    mix = Workload.from_file(written(tmp_path, name, content))
    expected = Workload.from_classes([(100, 7, 10), ("1/2", 10, 3)], 10_000, "chat")
    assert mix == expected == Workload.from_file(str(tmp_path / name))


def test_defaults_and_override(tmp_path: Path) -> None:
    path = written(tmp_path, "two.toml", "class=[{input_length=1,decode_length=2}]")
    assert Workload.from_file(path) == Workload.from_classes([(1, 2, 1)], None, "two")
    assert Workload.from_file(path, capacity="7/2").capacity == Fraction(7, 2)
    other = written(tmp_path, "mix.toml", TOML)
    assert Workload.from_file(other, capacity=200).capacity == 200


@given(
    st.lists(
        st.tuples(
            st.fractions(0, 10**12, max_denominator=10**6),
            st.integers(1, 10**9),
            st.fractions("1/1000", 10**6, max_denominator=1000),
        ),
        min_size=1,
        max_size=4,
    )
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_round_trip_through_files(tmp_path: Path, classes: list) -> None:
    mix = Workload.from_classes(classes, 10**15, "name of the mix")
    rows = [
        {
            "input_length": str(c.input_length),
            "decode_length": c.decode_length,
            "weight": str(c.share),
        }
        for c in mix.classes
    ]
    record = {"name": mix.name, "capacity": str(mix.capacity), "class": rows}
    assert Workload.from_file(written(tmp_path, "a.json", json.dumps(record))) == mix
    tables = "".join(
        "[[class]]\n" + "".join(f"{key} = {json.dumps(value)}\n" for key, value in row.items())
        for row in rows
    )
    head = f'name = "{mix.name}"\ncapacity = "{mix.capacity}"\n'
    assert Workload.from_file(written(tmp_path, "a.toml", head + tables)) == mix


BAD = [
    # syntax and encoding
    ("a.toml", "capacity = 3", "'class' must be a list of classes, not None"),
    ("a.json", "\n,", "line 2: must be JSON (Expecting value)"),
    ("a.json", '{"class":\n [{', "line 2: must be JSON"),
    ("a.json", "{} {}", "must be JSON (Extra data)"),
    ("a.toml", "capacity = \n", "must be TOML (Invalid value (at line 1"),
    ("a.toml", 'name = "a\nb"', "must be TOML"),
    ("a.toml", "a=1\na=2", "must be TOML (Cannot overwrite a value"),
    ("a.toml", b"\x00\x01\x02", "must be TOML"),
    ("a.json", b"\x00\x01\x02", "line 1: must be UTF-8 text"),
    ("a.toml", b"\n\nname='\xff'", "line 3: must be UTF-8 text"),
    # bombs
    ("a.json", "[" * 100_000, "must not be nested as deeply"),
    ("a.json", '{"class":' * 50_000, "must not be nested as deeply"),
    ("a.json", '{"capacity": ' + "[" * 900 + "]" * 900 + f', "class": [{{{CLASS}}}]}}', "must"),
    ("a.toml", "a = " + "[" * 100_000, "must not be nested as deeply"),
    ("a.toml", "a." * 100_000 + "a = 1", "line 1: keys must have at most 50 parts"),
    ("a.toml", "capacity = " + "9" * 5000, "must be TOML (Exceeds the limit"),
    ("a.json", '{"capacity": ' + "9" * 5000 + "}", "numbers must have at most 1000 digits"),
    ("a.json", '{"capacity": 1e99999999999999999999}', "numbers must be finite"),
    ("a.toml", "capacity = 1e99999999999999999999", "numbers must be finite"),
    ("a.json", f'{{"class": [{{{CLASS}}}], "capacity": 1e999999}}', "'capacity' must be a number"),
    ("a.toml", "capacity = inf\nclass = [{input_length=1,decode_length=2}]", "'capacity' must be"),
    ("a.toml", "capacity = nan\nclass = [{input_length=1,decode_length=2}]", "'capacity' must be"),
    ("a.json", '{"capacity": NaN}', "numbers must be finite, not NaN"),
    ("a.json", '{"capacity": -Infinity}', "numbers must be finite, not -Infinity"),
    # shape
    ("a.json", "[]", "the workload must be a table of name, capacity, class, not"),
    ("a.json", "3", "the workload must be a table"),
    ("a.json", "null", "the workload must be a table"),
    ("a.json", '{"class": [], "class": []}', "keys must be given once, not 'class' twice"),
    ("a.json", '{"class": []}', "'classes' must hold at least one class"),
    ("a.json", '{"class": {}}', "'class' must be a list of classes"),
    ("a.json", '{"class": "10:5"}', "'class' must be a list of classes"),
    ("a.json", '{"class": [[1, 2, 3]]}', "class 1 must be a table"),
    ("a.toml", "[class]\ninput_length=1", "'class' must be a list of classes"),
    ("a.toml", "capcity = 3", "not 'capcity'; did you mean 'capacity'?"),
    ("a.toml", "request_count = 3", "must be one of name, capacity, class, not 'request_count'"),
    ("a.toml", "Class = 3", "not 'Class'; did you mean 'class'?"),
    ("a.toml", '"\\u0000\\n" = 3', "did you mean"),
    ("a.toml", "[[class]]\ninput_lenght=1", "not 'input_lenght'; did you mean 'input_length'?"),
    ("a.toml", "[[class]]\nwieght=1", "a key of class 1 must be one of"),
    ("a.toml", "[[class]]\ninput_length=1", "'decode_length' of class 1 must be given"),
    ("a.json", '{"class": [{"decode_length": 1}]}', "'input_length' of class 1 must be given"),
    # values
    ("a.json", f'{{"class": [{{{CLASS}, "weight": 0}}]}}', "'weight' of class 1 must be positive"),
    ("a.json", f'{{"class": [{{{CLASS}, "weight": null}}]}}', "'weight' of class 1 must be a"),
    ("a.json", f'{{"class": [{{{CLASS}, "weight": true}}]}}', "'weight' of class 1 must be a"),
    ("a.json", f'{{"class": [{{{CLASS}}}], "capacity": 2}}', "'capacity' must hold one request"),
    ("a.json", f'{{"class": [{{{CLASS}}}], "capacity": [9]}}', "'capacity' must be a number"),
    ("a.json", f'{{"class": [{{{CLASS}}}], "name": 7}}', "'name' must be text, not 7"),
    ("a.json", f'{{"class": [{{{CLASS}}}], "name": "\\ud800"}}', "'name' must be text"),
    ("a.toml", "[[class]]\ninput_length=2024-01-01\ndecode_length=2", "'input_length' of class 1"),
    ("a.toml", "[[class]]\ninput_length=-1\ndecode_length=2", "must be between 0 and 10^12"),
    ("a.toml", "[[class]]\ninput_length=1\ndecode_length=2.5", "must be an integer"),
    # names
    ("a.yaml", "", "must hold something: the file is empty"),
    ("toml", "classes: 3", "must name the two numbers of tokens"),
]


@pytest.mark.parametrize(("name", "content", "message"), BAD, ids=range(len(BAD)))
def test_bad_files(tmp_path: Path, name: str, content: str | bytes, message: str) -> None:
    found = refusal(written(tmp_path, name, content))
    assert found.startswith(f"{name}: ")
    assert message in found


OTHER_KINDS = {
    "a Git LFS pointer: run 'git lfs pull'": b"version https://git-lfs.github.com/spec/v1\noid s",
    "a zip archive: unpack it first": b"PK\x03\x04\x14\x00",
    "a tar archive": tarfile.TarInfo("a.csv").tobuf(),
    "a tar archive: unpack it first": gzip.compress(tarfile.TarInfo("a.csv").tobuf()),
    "UTF-16 text: write it in UTF-8 first": "a,b".encode("utf-16"),
}


@pytest.mark.parametrize("suffix", [".toml", ".json", ".csv", ".jsonl", ".zip", ".csv.gz", ""])
@pytest.mark.parametrize("kind", OTHER_KINDS)
def test_other_kinds_of_files_are_named(tmp_path: Path, kind: str, suffix: str) -> None:
    message = refusal(written(tmp_path, f"a{suffix}", OTHER_KINDS[kind]))
    assert message.startswith(f"a{suffix}: must be a text file, not {kind}")


@pytest.mark.parametrize("suffix", [".toml", ".json", ".csv", ".jsonl"])
class TestPaths:
    @pytest.mark.parametrize("content", ["", "\n", "   \r\n\n", "\ufeff"])
    def test_empty(self, tmp_path: Path, suffix: str, content: str) -> None:
        message = refusal(written(tmp_path, f"a{suffix}", content))
        assert message == f"a{suffix}: must hold something: the file is empty."

    def test_missing(self, tmp_path: Path, suffix: str) -> None:
        message = refusal(tmp_path / f"none{suffix}")
        assert message == f"none{suffix}: must be a readable file (No such file or directory)."

    def test_directory(self, tmp_path: Path, suffix: str) -> None:
        (tmp_path / f"d{suffix}").mkdir()
        message = refusal(tmp_path / f"d{suffix}")
        assert message == f"d{suffix}: must be a regular file, not a directory."

    def test_pipe_and_device(self, tmp_path: Path, suffix: str) -> None:
        os.mkfifo(tmp_path / f"pipe{suffix}")
        (tmp_path / f"zero{suffix}").symlink_to("/dev/zero")
        for name in ("pipe", "zero"):
            message = refusal(tmp_path / f"{name}{suffix}")
            assert message == f"{name}{suffix}: must be a regular file, not a pipe or device."

    @pytest.mark.skipif(os.geteuid() == 0, reason="root may read every file")
    def test_permission(self, tmp_path: Path, suffix: str) -> None:
        path = written(tmp_path, f"a{suffix}", "")
        path.chmod(0)
        assert "Permission denied" in refusal(path)

    def test_names_are_shown_safely(self, tmp_path: Path, suffix: str) -> None:
        assert refusal(tmp_path / f"a\n\x1b[31m{suffix}").startswith(f"a??[31m{suffix}: must be")
        assert refusal(Path(f"a\0b{suffix}")) == f"a?b{suffix}: must be the name of a file."
        assert refusal(tmp_path / ("x" * 5000 + suffix)).endswith("(File name too long).")

    def test_sizes_are_bounded(self, tmp_path: Path, suffix: str) -> None:
        path = tmp_path / f"a{suffix}"
        with path.open("wb") as stream:
            stream.write(b'["')
            stream.truncate(2**30 + 1)  # sparse: takes no space
        assert "must be at most" in refusal(path)


@pytest.mark.parametrize(
    "path",
    [None, 0, 3.5, b"a.toml", [], ["a.toml", 3], object()],
    ids=lambda path: type(path).__name__,
)
def test_not_a_path(path: object) -> None:
    with pytest.raises(InvalidWorkload, match="'path' must be the name of a file, or several, not"):
        Workload.from_file(path)


@pytest.mark.parametrize("path", ["", ".", "/", "~"])
def test_not_a_file(path: str) -> None:
    with pytest.raises(InvalidWorkload, match=r"must be a (regular|readable) file"):
        Workload.from_file(path)


def test_columns_are_for_traces(tmp_path: Path) -> None:
    path = written(tmp_path, "mix.toml", TOML)
    options = {"input_column": "a", "output_column": "b"}
    assert "must be left out" in refusal(path, **options)


def test_size_is_checked_again_while_reading(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Files of /proc say that they are empty."""
    monkeypatch.setattr(files_module, "LARGEST_MIX_FILE", 10)
    assert "must be at most" in refusal(written(tmp_path, "mix.toml", TOML))


FUZZ = st.binary(max_size=200) | st.text(
    alphabet="[]{}\",:.=\n\r\t 019eE+-_aclspntuihgoxNIfy#'\\\0é", max_size=200
).map(str.encode)


@given(
    FUZZ
    | st.tuples(st.sampled_from([TOML.encode(), JSON.encode()]), st.integers(0, 300), FUZZ).map(
        lambda cut: cut[0][: cut[1]] + cut[2] + cut[0][cut[1] + len(cut[2]) :]
    ),
    st.sampled_from([".toml", ".json", ".csv", ".jsonl"]),
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=400)
@pytest.mark.filterwarnings("ignore::stabkit.errors.StabkitWarning")
def test_random_bytes_are_read_or_refused(tmp_path: Path, content: bytes, suffix: str) -> None:
    path = written(tmp_path, f"fuzz{suffix}", content)
    message = f"fuzz{suffix}: "
    try:
        mix = Workload.from_file(path)
    except InvalidWorkload as error:
        message = str(error)
    else:
        assert Workload.from_dict(mix.to_dict()) == mix
    assert message.startswith(f"fuzz{suffix}: ")
    assert message.isprintable()
