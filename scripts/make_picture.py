"""Make docs/picture.png: one mix with two prompt lengths, unstable at 5 tokens, stable at 10.

Run: python scripts/make_picture.py
"""

from pathlib import Path

import stabkit
from stabkit import style

FIGURE = Path(__file__).parents[1] / "docs" / "picture.png"
INPUT_LENGTHS = (5, 10)
ROW = 7.2  # centimetres


def picture(input_length: int) -> stabkit.AnalysisPicture:
    mix = stabkit.Workload.from_classes([(input_length, 3), (input_length, 5)], capacity=1000)
    return stabkit.analysis_picture(mix, stabkit.unit_circle_counts(mix).verdict)


def main() -> None:
    with style.house_style():
        figure = style.new_figure(ROW * len(INPUT_LENGTHS))
        for axes, input_length in zip(
            figure.subplots(len(INPUT_LENGTHS)), INPUT_LENGTHS, strict=True
        ):
            title = f"Prompts of {input_length} tokens, outputs of 3 or 5"
            stabkit.figure(picture(input_length), axes, title=title)
        style.settled(figure)
    FIGURE.write_bytes(stabkit.figure_bytes(figure, "png"))


if __name__ == "__main__":
    main()
