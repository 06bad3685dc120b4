"""Make docs/picture.png: one mix with two prompt lengths, unstable at 5 tokens, stable at 10.

Run: python docs/make_picture.py
"""

from pathlib import Path

import stabkit
from stabkit.publish.figures import comparison_figure, figure_bytes
from stabkit.publish.files import write_whole
from stabkit.publish.pictures import ModePicture, RunPicture, mode_picture, run_picture

STEPS = 150


def case(input_length: int) -> tuple[str, ModePicture, RunPicture]:
    mix = stabkit.Workload.from_classes([(input_length, 3), (input_length, 5)], capacity=1000)
    analysis = stabkit.analyze(mix, crosscheck=False)
    title = f"Prompts of {input_length} tokens, outputs of 3 or 5: {analysis.verdict}"
    return title, mode_picture(analysis), run_picture(mix, stabkit.simulate(mix, STEPS))


def main() -> None:
    figure = comparison_figure([case(5), case(10)])
    write_whole(Path(__file__).with_name("picture.png"), figure_bytes(figure, "png"))


if __name__ == "__main__":
    main()
