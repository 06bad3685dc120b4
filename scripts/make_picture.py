"""Make docs/picture.png: one mix with two prompt lengths, unstable at 5 tokens, stable at 10.

Run: python scripts/make_picture.py
"""

from pathlib import Path

import stabkit
from stabkit.analysis.pictures.analysis import AnalysisPicture
from stabkit.publish.figures.analysis import comparison_figure
from stabkit.publish.figures.formats import figure_bytes

FIGURE = Path(__file__).parents[1] / "docs" / "picture.png"
STEPS = 150


def case(input_length: int) -> tuple[str, AnalysisPicture]:
    mix = stabkit.Workload.from_classes([(input_length, 3), (input_length, 5)], capacity=1000)
    verdict = stabkit.unit_circle_counts(mix).verdict
    title = f"Prompts of {input_length} tokens, outputs of 3 or 5"
    roots = stabkit.root_picture(mix, stabkit.roots(mix, 20), verdict)
    run = stabkit.run_picture(mix, stabkit.simulate(mix, STEPS))
    return title, AnalysisPicture(roots, run)


def main() -> None:
    figure = comparison_figure([case(5), case(10)])
    FIGURE.write_bytes(figure_bytes(figure, "png"))


if __name__ == "__main__":
    main()
