"""Make docs/picture.png: one mix with two prompt lengths, unstable at 5 tokens, stable at 10.

Run: python scripts/make_picture.py
"""

from pathlib import Path

import stabkit
from stabkit import style

FIGURE = Path(__file__).parents[1] / "docs" / "picture.png"
INPUT_LENGTHS = (5, 10)
STEPS = 150
ROW = 6.8  # centimetres


def picture(input_length: int) -> stabkit.AnalysisPicture:
    mix = stabkit.Workload.from_classes([(input_length, 3), (input_length, 5)], capacity=1000)
    verdict = stabkit.unit_circle_counts(mix).verdict
    roots = stabkit.root_picture(mix, stabkit.roots(mix, 20), verdict)
    return stabkit.AnalysisPicture(roots, stabkit.run_picture(mix, stabkit.simulate(mix, STEPS)))


def main() -> None:
    with style.house_style():
        figure = style.new_figure(ROW * len(INPUT_LENGTHS))
        for axes, input_length in zip(
            figure.subplots(len(INPUT_LENGTHS)), INPUT_LENGTHS, strict=True
        ):
            row = stabkit.figure(picture(input_length), axes)
            title = f"Prompts of {input_length} tokens, outputs of 3 or 5"
            row.suptitle(title, fontsize=8.5, fontweight="bold", x=0.01, ha="left")
        style.settled(figure)
    FIGURE.write_bytes(stabkit.figure_bytes(figure, "png"))


if __name__ == "__main__":
    main()
