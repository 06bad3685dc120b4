"""Exercises with worked answers, drawn from a seed; the answers are exact.

In reading order:

* `draft`: what a question is while it is being drawn, and how numbers are written; `drawing`: axes
  to draw in, and the drawn solution.
* `roots`, `thresholds`, `gcd`, `cycles`, `policies`, `noise`, `finite`, `starts`: the kinds of
  question, by subject.
* `exercises`: `stabkit.exercise`, which chooses among them.

It takes from the dynamics, the spectrum and below. Others take `exercises` and `drawing`.
"""
