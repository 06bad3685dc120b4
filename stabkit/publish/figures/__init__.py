"""Figures, drawn by matplotlib from `stabkit.analysis.pictures`; one module per subject.

The tools: `style` (width, palette, marks; every figure is made by it) and `circle_views` (two views
of points near the unit circle).

Over time and stages: `run` (and the bytes of a figure in every format), `space_time`, `animation`,
`cycle`.
In the complex plane: `roots`, `locus`, `nyquist`.
In planes of numbers: `chart`, `atlas`, `capture`, `policies`, `losses`.
Graphs: `graph`.

It takes numbers and titles from the room of text; matplotlib is imported where a figure is made.
The command line takes one function of each.
"""
