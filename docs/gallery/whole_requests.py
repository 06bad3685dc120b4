"""Whole requests

A server of whole requests by the rules of vLLM: how many run, and which it evicts.
"""

import stabkit

mix = stabkit.Workload.from_classes([(10, 5)], capacity=650)
run = stabkit.simulate_requests(mix, steps=300, seed=1)

figure = stabkit.figure(run)
