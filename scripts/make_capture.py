"""Make docs/capture.png: how long states of l = 2 and l = 3 take to the worst cycle, or for ever.

Run: python scripts/make_capture.py (5 seconds). It gives the same bytes every time.
"""

from pathlib import Path

import stabkit
from stabkit.publish.figures.capture import capture_figure
from stabkit.publish.figures.formats import figure_bytes

FIGURE = Path(__file__).parents[1] / "docs" / "capture.png"
INPUT_LENGTH = 1


def main() -> None:
    line, triangle = (stabkit.Workload.from_classes([(INPUT_LENGTH, length)]) for length in (2, 3))
    figure = capture_figure(line, triangle)
    FIGURE.write_bytes(figure_bytes(figure, "png"))


if __name__ == "__main__":
    main()
