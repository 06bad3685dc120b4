"""Starts: from which states a run reaches the equilibrium, by what the kernel alone proves.

A stable equilibrium attracts the states near it; a cold start is far away. In reading order:

* `no_eviction`: whether no state evicts at all, and how much a step can evict where some do.
* `partial_sums`: what a greedy run from empty would admit, in balls and exactly, and its tail.
* `soft_start`: when a cold start first evicts, and with how slow a start it never does.
* `whole_requests`: how much slower that start must be where requests are whole and few.

All of it is of states of product form, x_k^(j) = p_k y_j: the empty memory is one, and L steps
after any start every state is (R11). It takes from `fluctuations` and below.
Others take `no_eviction` and `soft_start`.
"""
