"""Stability charts: where in a plane of two numbers a mix is stable, and how unstable elsewhere.

In reading order:

* `plane`: the two numbers that vary, and the kernel at each point.
* `request`: what a chart is asked for, read and checked.
* `rows`: one horizontal line after another, each with its exact D-partition.
* `regions`: what the linked intervals of the rows make up.
* `boundaries`: the curves between them, by the angle of the mode on the circle.
* `chart`: `stabkit.stability_chart`, which joins them.

It takes from `partition` and below. Others take `plane`, `rows`, `regions` and `chart`.
"""
