"""Many mixes at once: arrays of classes in, arrays of proved numbers out.

In reading order:

* `mixes`: the arrays, read and checked; the kernels of their rows.
* `counts`: modes inside, on and outside the unit circle, for every row.

What doubles leave open goes to the exact engines of `counting`, row by row.
"""
