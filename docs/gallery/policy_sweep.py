"""One parameter of a policy

What the long run completes against the gain of damped admission.
"""

import stabkit

mix = stabkit.Workload.from_classes([(10, 5)], capacity=650)
found = stabkit.policy_sweep(mix, "gain")

figure = stabkit.figure(found)
