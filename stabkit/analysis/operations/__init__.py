"""Operations: what an operator can choose, and what each choice does.

In reading order:

* `closed_loops`: what a policy's characteristic polynomial says of its equilibrium.
* `loop_noise`: how much its admissions swing by chance.
* `whole_runs`: runs of whole requests, the same under one setting after the other.
* `running_cap`: what a cap on the running requests does.
* `comparison`, `sweep`: policies side by side, and along their parameter.
* `sizing`: how many requests fit, and how long it all takes.
* `finite`, `finite_runs`: what a server of this size does with whole requests, by formula and by
  simulation.
* `observed_series`, `replay`: a trace by the rules of an engine, beside what a real server did.
* `pooling`: which classes should share a replica.
* `predictions`: statements about a workload under a policy, each checkable by itself.
* `trials`: settings of a server on whole requests, against leaving it alone.
* `recommend`: what to do, every proposal analysed anew.

It takes from `verdict`, and never from `cycles`. Others take all but `loop_noise` and
`observed_series`.
"""
