"""Make docs/capture.png: how long states of l = 2 and l = 3 take to the worst cycle, or for ever.

Run: python docs/make_capture.py (5 seconds). It gives the same bytes every time.
"""

from pathlib import Path

import stabkit
from stabkit.publish.capture_figure import capture_figure
from stabkit.publish.figures import figure_bytes
from stabkit.publish.files import write_whole

INPUT_LENGTH = 1


def main() -> None:
    line, triangle = (stabkit.Workload.from_classes([(INPUT_LENGTH, length)]) for length in (2, 3))
    figure = capture_figure(line, triangle)
    write_whole(Path(__file__).with_name("capture.png"), figure_bytes(figure, "png"))


if __name__ == "__main__":
    main()
