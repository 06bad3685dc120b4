"""A run

Memory, admissions and evictions, step by step.
"""

import stabkit

mix = stabkit.Workload.from_classes([(5, 3), (5, 5)], capacity=1000)
run = stabkit.simulate(mix, steps=100)

figure = stabkit.figure(run)
