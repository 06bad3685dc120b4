"""Counts: how many modes are inside, on and outside the unit circle, exactly.

In reading order:

* `schur_cohn`: the recursion over the integers, singular cases included.
* `self_reciprocal`: zeros on the circle, which only a greatest common divisor can decide.
* `by_winding`: the winding number first, and exact arithmetic where it is needed.
* `evidence`: what a count by the winding number rests on, for a page.
* `isolation`: certified root isolation in FLINT, the independent second engine.
* `certificates`: counts that theorems give at once, whatever the degree.
* `counts`: `unit_circle_counts`, which chooses among these, and the record `Counts`.

It takes from `circle`. Others take all of it, most take `counts`.
"""
