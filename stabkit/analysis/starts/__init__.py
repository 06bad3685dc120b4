"""What becomes of one start, certified: convergence, or evictions for ever.

In reading order:

* `given`: the start as a state of product form, exactly, with the evictions until then.
* `ball_run`: the model in exact numbers first, in balls then; every decision is proved.
* `certificates`: the records.
* `certify`: `stabkit.certify_start`, which looks in floats and proves in balls.

It takes from `cycles` and `verdict`. Others take `certificates` and `certify`.
"""
