"""Roots: where the modes are, each in a disc that is proved to hold it, and the spectral radius.

In reading order:

* `approximate`: all zeros in double precision, a guess without proof.
* `smallest`: the zeros of smallest modulus of a long kernel, and a disc that holds just those.
* `rings`: zeros of moduli that doubles do not tell apart, as synchronised mixes have them.
* `inclusion`: discs around guesses, proved in ball arithmetic.
* `multiprecision`: the second engine, in mpmath alone.
* `roots`: all roots, and the record `Root`.
* `dominant`: those of largest modulus, none missed.
* `location`: an annulus that holds all, and the distance of each from the circle.
* `spectral_radius`, `nearby_radius`: the largest modulus as an enclosure, here and close by.

It takes from `circle` and `counting`. Others take all but `approximate`, `rings` and
`multiprecision`.
"""
