"""Polynomials on the unit circle: the arithmetic under every count, in doubles and then in balls.

In reading order:

* `dyadic`: exact passages between Fractions and FLINT's numbers.
* `fourier`: the fast Fourier transform with a proved bound of its rounding error.
* `sparse_polynomial`: a polynomial of few terms, its values and derivatives with error bounds.
* `arcs`: arcs of the circle, and what every engine says of a path along them.
* `winding`: zeros in a disc by a winding number, certified, or left open.
* `budget`: what a whole call may cost, all stages counted.
* `ball_arcs`: the arcs that double precision leaves open, in ball arithmetic.
* `ball_path`: the winding number in balls alone, which needs no numpy.
* `kernel`: these put to work on the kernel's G on a circle of any radius.

The lowest room of the spectrum. Others take all of it, most take `sparse_polynomial`.
"""
