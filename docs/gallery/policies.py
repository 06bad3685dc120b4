"""Admission policies

What the long run completes against the rate limit, the gain and the watermark.
"""

import stabkit

mix = stabkit.Workload.from_classes([(10, 5)], capacity=650)
found = stabkit.compare_policies(mix, steps=0)

figure = stabkit.figure(found)
