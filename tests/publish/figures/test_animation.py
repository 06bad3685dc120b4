"""Animations: frames against the model, a GIF that parses, the same bytes, and the command line."""

import json
import math
import os
import sys
from collections.abc import Callable
from fractions import Fraction
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from stabkit import OutputError, Workload, simulate
from stabkit.analysis.pictures.animation import (
    AnimationPicture,
    animation_picture,
    steps_to_animate,
)
from stabkit.cli.app import main
from stabkit.publish.figures.animation import animation_bytes, animation_format

pytestmark = pytest.mark.slow

WHOLE = Workload.from_classes([(2, 2)], capacity=140)
# docs/model.md, Integer counts, from [21, 19]
STATES = [[18, 21], [22, 18], [17, 22], [24, 17], [14, 24], [28, 14], [9, 28], [34, 9], [1, 34]]
STATES += [[45, 1], [0, 35], [46, 0], [0, 35], [46, 0]]
EIGHT = Workload.from_classes([(10, 8)], capacity=1200)


def test_frames_are_the_worked_example() -> None:
    picture = animation_picture(WHOLE, 14, "integer", [[21, 19]])
    held = picture.surviving + picture.entering
    expected = np.array([[21, 19], *STATES]) * [3, 4] * 100 / 140
    assert held == pytest.approx(expected)
    assert picture.entering[1:, 0] == pytest.approx(expected[1:, 0])
    assert picture.steps.tolist() == list(range(15))
    # 45 requests in stage 1 need 180 tokens, and 140 are there for 35
    assert picture.lost[11] == pytest.approx([0, 100 * 40 / 140])


@pytest.mark.parametrize("arithmetic", ["float", "exact", "integer"])
@pytest.mark.parametrize("state", [None, "equilibrium", [[20, 0, 0], [0, 0, 30, 0, 0]]])
def test_any_start_and_arithmetic_adds_up(arithmetic: Any, state: Any) -> None:
    mix = Workload.from_classes([(5, 3), (7, 5)], capacity=1000)
    picture = animation_picture(mix, 60, arithmetic, state)
    run = simulate(mix, 60, arithmetic, state)
    held = (picture.surviving + picture.entering).sum(axis=1)
    assert held == pytest.approx(run.memory.astype(float) / 10)
    assert picture.evicted == pytest.approx(run.evicted.astype(float))
    assert np.all((picture.lost.sum(axis=1) > 0)[1:] == (picture.evicted > 0)[1:])
    assert np.all(picture.entering[:, 1:] == 0)
    assert picture.equilibrium.sum() == pytest.approx(100)


def test_fluid_evictions_are_the_excess_over_the_capacity() -> None:
    picture = animation_picture(EIGHT, 100)
    total = (picture.surviving + picture.lost).sum(axis=1)  # what the survivors need
    evicting = picture.evicted > 0
    assert np.all(total[evicting] > 100)
    assert (total - picture.lost.sum(axis=1))[evicting] == pytest.approx(100)
    assert np.count_nonzero(evicting) == 100 - 100 // 8  # from empty: the worst cycle at once


@pytest.mark.parametrize(
    ("lengths", "steps"), [((8,), 1100), ((3, 6), 400), ((6, 9), 440), ((2,), 200), ((7,), 1000)]
)
def test_long_runs_skip_steps_and_no_phase(lengths: tuple[int, ...], steps: int) -> None:
    mix = Workload.from_classes([(5, n) for n in lengths])
    picture = animation_picture(mix, steps)
    assert 40 < len(picture.steps) <= 150
    assert math.gcd(picture.stride, mix.gcd) == 1
    assert set(picture.steps % mix.gcd) == set(range(mix.gcd))
    assert len(picture.evicted) == steps + 1


def test_many_stages_are_added_up_in_bars() -> None:
    mix = Workload.from_classes([(100, 205)])
    picture = animation_picture(mix, 10, state="equilibrium")
    assert picture.edges.tolist() == [*range(0, 205, 6), 205]
    assert picture.surviving[0] == pytest.approx(picture.equilibrium)
    expected = sum(Fraction(101 + j) for j in range(6)) / sum(101 + j for j in range(205))
    assert picture.equilibrium[0] == pytest.approx(100 * float(expected))


def test_default_steps_fill_the_frames_or_three_lives() -> None:
    assert steps_to_animate(EIGHT) == 149
    assert steps_to_animate(Workload.from_classes([(5, 1000), (5, 3)])) == 3000
    assert len(animation_picture(EIGHT).steps) == 150


@pytest.fixture(scope="module")
def collapse() -> AnimationPicture:
    return animation_picture(EIGHT, 50, "integer", "equilibrium")


@pytest.fixture(scope="module")
def film(collapse: AnimationPicture) -> bytes:
    return animation_bytes(collapse)


def frames_of(film: bytes) -> list[Any]:
    image: Any = Image.open(BytesIO(film))
    frames = []
    for number in range(image.n_frames):
        image.seek(number)
        frames.append(np.array(image.convert("RGB"), int))
    return frames


def test_the_film_has_every_frame_and_repeats(film: bytes, collapse: AnimationPicture) -> None:
    image: Any = Image.open(BytesIO(film))
    assert (image.format, image.n_frames) == ("GIF", len(collapse.steps))
    assert image.info["loop"] == 0
    assert image.info["duration"] == 1000 // collapse.rate
    assert len(film) < 500_000


def test_the_paper_is_white_and_evictions_flash(film: bytes, collapse: AnimationPicture) -> None:
    frames = frames_of(film)
    assert all(np.all(frame[2, 2] == 255) for frame in frames)
    height, width = frames[0].shape[:2]
    red, blue = np.array([213, 94, 0]), np.array([0, 114, 178])  # VERMILLION, BLUE
    meters = [frame[: height // 2, int(0.85 * width) :] for frame in frames]  # above the history
    for number in range(1, len(frames)):
        evicts = collapse.lost[number].sum() > 2  # per cent: some pixels
        shown = np.abs(meters[number] - red).sum(axis=2) < 40
        assert shown.any() == evicts or 0 < collapse.lost[number].sum() <= 2
        if collapse.entering[number].sum() > 2:
            assert (np.abs(meters[number] - blue).sum(axis=2) < 40).any()


def test_the_same_run_gives_the_same_bytes(film: bytes) -> None:
    import matplotlib as mpl

    with mpl.rc_context({"font.size": 30, "axes.facecolor": "red", "lines.linewidth": 9}):
        again = animation_bytes(animation_picture(EIGHT, 50, "integer", "equilibrium"))
    assert again == film


@pytest.mark.parametrize(
    ("mix", "steps"),
    [
        (Workload.from_classes([(3, 1)]), 0),
        (Workload.from_classes([(3, 1)]), 5),
        (Workload.from_classes([(9, 2500), (9, 3)]), 3),
    ],
)
def test_short_and_wide_films(mix: Workload, steps: int) -> None:
    assert len(frames_of(animation_bytes(animation_picture(mix, steps)))) == steps + 1


def test_a_resting_run_still_has_every_frame() -> None:
    film = animation_bytes(animation_picture(WHOLE, 12, state="equilibrium"))
    assert len(frames_of(film)) == 13


@pytest.mark.parametrize("name", ["run", "run.png", "run.mp4", ".gif", "run.gif.gz"])
def test_other_suffixes_are_refused(name: str) -> None:
    with pytest.raises(OutputError, match=r"'--animate' must end in \.gif, not "):
        animation_format(name)


def test_the_suffix_is_read_in_any_case() -> None:
    assert animation_format("a/b.GIF") == "gif"


# The command line

Program = Callable[..., tuple[int, str, str]]


@pytest.fixture
def program(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Program:
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str) -> tuple[int, str, str]:
        status = main(("simulate", *arguments))
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    return run


def test_simulate_animates_a_state_in_whole_requests(program: Program) -> None:
    Path("start.json").write_text(json.dumps([[21, 19]]))
    arguments = ["2:2", "--capacity", "140", "--arithmetic", "integer", "--state", "start.json"]
    options = ["--steps", "14", "--figure", "run.svg", "--output", "run.csv", "--animate"]
    assert program(*arguments, *options, "run.gif") == (0, "", "")
    expected = animation_bytes(animation_picture(WHOLE, 14, "integer", [[21, 19]]))
    assert Path("run.gif").read_bytes() == expected
    assert Path("run.csv").read_text().splitlines()[-1].startswith("14,46,0,")
    assert sorted(os.listdir()) == ["run.csv", "run.gif", "run.svg", "start.json"]


def test_an_animation_chooses_its_steps(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("stabkit.publish.figures.animation.animation_bytes", lambda _: b"GIF89a")
    _, out, _ = program("5:3", "5:5", "--animate", "run.gif")
    assert len(out.splitlines()) == 1 + 150
    _, out, _ = program("5:100", "--animate", "run.gif")
    assert len(out.splitlines()) == 1 + 301
    _, out, _ = program("5:3", "5:5")
    assert len(out.splitlines()) == 1 + 1001


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--animate", "run.mp4"], "'--animate' must end in .gif, not 'run.mp4'."),
        (["--animate", ""], "'output' must be a file that can be written, not ''"),
        (["--animate", "no/run.gif"], "its directory does not exist"),
        (["--animate", "a.gif", "--output", "a.gif"], "'--animate' must differ from '--output'"),
        (["--animate", "a.gif", "--output", "./a.gif"], "must differ from '--output'"),
        (["--animate", "a.gif", "--figure", "a.gif"], "'--figure' must end in .png"),
        (["--animate", "a.gif", "--steps", "2000000"], "'--steps' must be an integer from 0 to"),
    ],
)
def test_bad_targets_are_one_line_and_status_2(
    program: Program, arguments: list[str], message: str
) -> None:
    status, out, err = program("5:3", *arguments)
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert err.startswith("stabkit: error: ")
    assert message in err
    assert os.listdir() == []


def test_one_file_behind_two_names_is_refused(program: Program) -> None:
    Path("a.gif").write_bytes(b"before")
    os.symlink("a.gif", "a.png")
    status, _, err = program("5:3", "--animate", "a.gif", "--figure", "a.png")
    assert status == 2
    assert "'--animate' must differ from '--figure'" in err
    assert Path("a.gif").read_bytes() == b"before"


def test_targets_are_checked_before_the_work(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_: object, **__: object) -> None:
        pytest.fail("the work began")

    monkeypatch.setattr("stabkit.dynamics.simulator.simulate", never)
    assert program("5:3", "--animate", "run.avi")[0] == 2


def test_a_failing_write_leaves_what_was_there(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    Path("run.gif").write_text("before")
    monkeypatch.setattr(os, "replace", fail)
    status, _, err = program("2:2", "--steps", "2", "--animate", "run.gif")
    assert status == 2
    assert "No space left on device" in err
    assert os.listdir() == ["run.gif"]
    assert Path("run.gif").read_text() == "before"


def test_help_names_the_option(program: Program) -> None:
    status, out, _ = program("--help")
    assert status == 0
    assert "--animate FILE" in out
    assert "--arithmetic integer --animate run.gif" in out


def test_drawing_needs_no_screen(program: Program) -> None:
    import subprocess

    command = [
        sys.executable,
        "-m",
        "stabkit",
        "simulate",
        "2:2",
        "--capacity",
        "70",
        "--steps",
        "2",
    ]
    done = subprocess.run(
        [*command, "--animate", "run.gif"],
        env=os.environ | {"MPLBACKEND": "bogus", "PYTHONPATH": str(Path(__file__).parents[3])},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert Path("run.gif").read_bytes().startswith(b"GIF89a")
