"""Many mixes at once: arrays of classes in, arrays of proved numbers out.

In reading order:

* `mixes`: the arrays, read and checked; the kernels of their rows.
* `recursion`: the Schur-Cohn recursion in doubles with error bounds, a column for each kernel.
* `winding`: winding numbers in doubles with error bounds, a row for each kernel.
* `counts`: modes inside, on and outside the unit circle, for every row.
* `values`: numbers with proved errors.
* `radii`: spectral radii.
* `fano`: Fano factors of the stable rows.

Counts and radii that doubles leave open are those of the exact engines, row by row.
Others take `counts`, `radii` and `values`.
"""
