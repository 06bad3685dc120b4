"""The dynamics: the model run step by step, and the exact orbits that runs end on.

In reading order:

* `capacity`, `initial_state`, `policies`: a server, where it starts, and what it admits.
* `stage_run`, `product_form`, `whole_requests`: the step, for any state, for L numbers, and for
  requests that cannot be split.
* `requests`: a server of whole requests, one by one, by the rules of a scheduler.
* `simulator`, `trajectory`: `stabkit.simulate`, and what a run leaves behind.
* `demand`: the memory demand of some steps, where numpy may not be at hand.
* `kept_progress`: the fluid where evicted requests keep their tokens.
* `recurrence`, `rotation`, `long_run`, `growth`: what is measured on a run.
* `accounts`, `orbits`, `necklaces`, `renormalization`: periodic orbits, exactly.
* `capture`, `basins`: which starts reach which orbit, for one decode length.

Of the model it takes the workload and the kernel, `notation` and `numbers`, and no computer
algebra; the spectrum never. Others take all but `accounts`, `recurrence`, `stage_run`
and `whole_requests`.
"""
