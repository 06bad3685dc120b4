"""Admission policies: how many requests a server admits when its memory has room.

After a step has executed, a policy sees the memory (`MemoryView`) and answers with a number of
requests, which split over the classes by their shares. It is asked only where the survivors fit
into the capacity B: above, the server evicts, whatever its policy.

==================== =================================================== ==========================
policy               admits                                              idealises
==================== =================================================== ==========================
`Greedy`             all that fits                                       the model itself
`Damped` (gain)      the fraction `gain` of that                         a cautious ratio of tokens
`Headroom` (η)       all that fits into (1 - η) B                        a watermark
`RateLimited` (r)    all that fits, r per step at most                   admission control
`Reservation`        what fits for life: s_k + l_k tokens a request      a guarantee of no eviction
==================== =================================================== ==========================

*A policy of one's own* is any object with a `name` and an `admissions`:

>>> class Halving:
...     '''Admit half of what fits, but nothing into the last tenth of the memory.'''
...     name = "halving"
...
...     def admissions(self, memory):
...         room = memory.capacity * 9 / 10 - memory.used
...         return max(room, 0) / memory.per_request / 2
>>> from stabkit import Workload, simulate
>>> run = simulate(Workload.from_classes([(10, 5)], capacity=650), 2000, policy=Halving())
>>> run.policy, bool(run.evicted.any())
('halving', False)

One module each; beside them `policy`: what a policy is, `registry`: how it is found by its name,
and `linearisation`: the loop that follows from its admissions. Others take the names below,
`policy` and `linearisation`.

How to add a policy
-------------------
1. Write one module, like `damped`: a frozen dataclass on `RationalParameters`, each field a
   `parameter` with its domain. It has a `name`, and `admissions(memory)`. Where it has one, also
   a `label` for tables (``"damped {gain}"``), a `remark` for reports, and `scheduler_options`, by
   which `simulate_requests` admits whole requests alike: tables then show those beside the fluid.
   `stabkit.policy_sweep` runs it along any of its parameters, by the name ``NAME:PARAMETER``.
2. Where it is linear near its equilibrium, give it `closed_loop(mix)`: the `MemoryKernel` whose
   polynomial is that of its loop. `stabkit.closed_loop` proves the verdict, after `linearisation`
   has derived the same kernel from `admissions`; a claim that differs is an error.
3. Decorate the class with `register_policy`. In this folder it is found at once; in another
   distribution through an entry point of the group ``stabkit.policies`` with the policy's name.
   All that it needs there are public names of `stabkit`.
   ``NAME:X,Y`` on the command line gives its parameters, in the order of the fields.
4. Write its test: `tests/dynamics/policies/test_plug_in.py` shows one.

References
----------
docs/model.md, Model, Policies.
"""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from .damped import Damped
from .greedy import GREEDY, Greedy
from .headroom import Headroom
from .policy import (
    LinearPolicy,
    MemoryView,
    NotLinear,
    Policy,
    RationalParameters,
    in_floats,
    parameter,
)
from .rate_limited import RateLimited
from .registry import parameter_named, policy_named, policy_names, register_policy
from .reservation import Reservation

__all__ = [
    "GREEDY",
    "Damped",
    "Greedy",
    "Headroom",
    "LinearPolicy",
    "MemoryView",
    "NotLinear",
    "Policy",
    "RateLimited",
    "RationalParameters",
    "Reservation",
    "in_floats",
    "parameter",
    "parameter_named",
    "policy_named",
    "policy_names",
    "register_policy",
]

for _module in iter_modules(__path__):  # a policy is found by being in this folder
    import_module(f"{__name__}.{_module.name}")
