"""What figures show, as plain data, so that it can be tested and drawn by any library.

In reading order:

* `run`: memory demand and evictions over time; the kernel.
* `graph`: the renewal graph.
* `roots`: points, their proved discs, and where they come from.
* `analysis`: roots beside a run in which the dominant mode is seen.
* `finite`: a finite server among larger and smaller ones.
* `policies`: throughput against a policy's parameter.
* `stages`: what every stage holds in every step.
* `cycle`, `space_time`, `animation`: the pictures of stages: cohorts that age, fullness as colour,
  and frames.

It takes from `operations` and `verdict`, and below. Others take all but `stages`; most of it is
drawn by `stabkit.publish.figures`.
"""
