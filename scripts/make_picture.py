"""Make docs/picture.png: one mix with two prompt lengths, unstable at 5 tokens, stable at 10.

Run: python scripts/make_picture.py
"""

from pathlib import Path

import stabkit
from stabkit.analysis.pictures.roots import RootPicture, root_picture, roots_to_show
from stabkit.analysis.pictures.run import RunPicture, run_picture
from stabkit.publish.figures.formats import figure_bytes
from stabkit.publish.figures.run import comparison_figure
from stabkit.publish.files import write_whole

FIGURE = Path(__file__).parents[1] / "docs" / "picture.png"
STEPS = 150


def case(input_length: int) -> tuple[str, RootPicture, RunPicture]:
    mix = stabkit.Workload.from_classes([(input_length, 3), (input_length, 5)], capacity=1000)
    verdict = stabkit.unit_circle_counts(mix).verdict
    title = f"Prompts of {input_length} tokens, outputs of 3 or 5"
    roots = root_picture(mix, roots_to_show(mix), verdict)
    return title, roots, run_picture(mix, stabkit.simulate(mix, STEPS))


def main() -> None:
    figure = comparison_figure([case(5), case(10)])
    write_whole(FIGURE, figure_bytes(figure, "png"))


if __name__ == "__main__":
    main()
