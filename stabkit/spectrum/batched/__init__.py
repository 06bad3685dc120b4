"""Many mixes at once: arrays of classes in, arrays of proved numbers out.

In reading order:

* `mixes`: the arrays, read and checked; the kernels of their rows.
* `recursion`: the Schur-Cohn recursion in doubles with error bounds, a column for each kernel.
* `winding`: winding numbers in doubles with error bounds, a row for each kernel.
* `counts`: modes inside, on and outside the unit circle, for every row.

What doubles leave open goes to the exact engines of `counting`, row by row.
"""
