"""Admission policies side by side

What each completes in the long run, from the empty memory and from a disturbed steady state.
"""

import stabkit

mix = stabkit.Workload.from_classes([(10, 5)], capacity=650)
found = stabkit.compare_policies(mix, steps=0)

figure = stabkit.figure(found)
