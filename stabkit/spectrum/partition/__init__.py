"""D-partition: where along one number of the mix modes cross the unit circle, and what is between.

In reading order:

* `input_line`: lines through the inputs, by slopes and offsets.
* `pencil`: kernels along a line, G = C + x U.
* `family`: the line of one number of a mix: its inputs, a share, the gain.
* `crossing`: a root on the circle along a pencil, and which way it goes.
* `axis_arcs`: arcs on which a crossing may be, in double precision.
* `ball_crossings`, `exact_crossings`: crossings isolated in balls, or as algebraic numbers.
* `d_partition`: the intervals between crossings, each with its exact count.
* `every_start`: a common input from which every start converges, whatever is evicted.
* `threshold`: the stable intervals along the inputs, `stabkit.threshold`.

It takes from `synchrony` and below. Others take `input_line`, `pencil`, `family`,
`exact_crossings`, `d_partition` and `threshold`.
"""
