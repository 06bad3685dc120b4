"""A cap on the running requests: can memory fill, and does the cap bind at the steady state?

Of a server that runs N requests at most, as vLLM's ``--max-num-seqs`` has it:

* *Up to what fits whatever happens*, N <= floor(B / max(s + l)), those that run hold B at most, at
  any time: nothing is ever evicted, whatever the fluid's verdict. Nor is an admission ever refused
  for want of memory, so that N run as long as anybody waits: N tokens and N / mu requests per step.
  All of B must be for requests: vLLM keeps one of its blocks to itself.
* *Below what runs at the steady state*, N < a* mu, the cap *binds*. The N of the steady state hold
  the share N / (a* mu) of B, so that near it memory is no limit and an admission takes the place of
  a completion: sum_m S_m a(n - m) = N, S_m the share of the requests of more than m steps. Its
  polynomial is that of R1: stable where the decode lengths have no common divisor, else marginal.
  That is a local word: more than fit whatever happens *can* fill the memory, and then some go.
* *Above it* the steady state is that of the memory, and so are its modes. At N = a* mu there are
  two rules at once, and no verdict.

References
----------
docs/model.md, R1, R17, Whole requests.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

from ...model.verdict import Verdict
from ...model.workload import Workload

__all__ = ["RunningCap", "running_cap"]


@dataclass(frozen=True)
class RunningCap:
    """A cap on running requests, beside what the memory holds.

    * `max_num_seqs`: N.
    * `always`: requests that fit whatever happens; None where only the mean inputs of requests are
      known.
    * `requests`: a* mu, in service at the steady state without the cap.
    * `common_divisor`: of the decode lengths.
    * `verdict` ({"stable", "unstable", "marginal", "undecided"}): on the steady state under the
      cap.
    """

    max_num_seqs: int
    always: int | None
    requests: Fraction
    common_divisor: int
    verdict: Verdict

    @property
    def never_evicts(self) -> bool | None:
        """Whether nothing is ever evicted, for so many fit always; None where that is not known."""
        return None if self.always is None else self.max_num_seqs <= self.always

    @property
    def reason(self) -> str | None:
        """Why nothing is ever evicted, in words; None where that is not known."""
        if not self.never_evicts:
            return None
        run = "1 request runs" if self.max_num_seqs == 1 else f"{self.max_num_seqs:,} requests run"
        return f"at most {run}, and {self.always:,} fit{'s' * (self.always == 1)} whatever happens"

    @property
    def binds(self) -> bool:
        """Whether fewer run at the steady state than without the cap."""
        return self.max_num_seqs < self.requests

    @property
    def running(self) -> Fraction:
        """In service at the steady state under the cap."""
        return min(Fraction(self.max_num_seqs), self.requests)

    @property
    def memory_share(self) -> Fraction:
        """Of the memory, that those hold on the mean; the tokens completed, over a* mu, too."""
        return self.running / self.requests


def running_cap(
    mix: Workload, max_num_seqs: int, always: int | None, requests: Fraction, verdict: Verdict
) -> RunningCap:
    """Return what a cap does.

    * `max_num_seqs`: at least 1.
    * `always`: requests that fit whatever happens.
    * `requests`: in service at the steady state.
    * `verdict` ({"stable", "unstable", "marginal", "undecided"}): on that steady state, without the
      cap.

    Prompts of 10 tokens and 5 decode steps in 650: 43 fit at their end, 50 run at the steady state.

    >>> mix = Workload.from_classes([(10, 5)], capacity=650)
    >>> caps = [running_cap(mix, n, 43, Fraction(50), "unstable") for n in (43, 44, 50, 51)]
    >>> [(cap.never_evicts, cap.binds, cap.verdict) for cap in caps[:2]]
    [(True, True, 'marginal'), (False, True, 'marginal')]
    >>> [(cap.never_evicts, cap.binds, cap.verdict) for cap in caps[2:]]
    [(False, False, 'undecided'), (False, False, 'unstable')]
    """
    divisor = math.gcd(*(c.decode_length for c in mix.classes))
    if max_num_seqs < requests or mix.longest_decode == 1:
        verdict = "stable" if divisor == 1 else "marginal"
    elif max_num_seqs == requests:
        verdict = "undecided"
    return RunningCap(max_num_seqs, always, requests, divisor, verdict)
