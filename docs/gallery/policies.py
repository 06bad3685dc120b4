"""Parameters of admission policies

What the long run completes against the rate limit, the gain and the watermark.
"""

import stabkit

mix = stabkit.Workload.from_classes([(10, 5)], capacity=650)
found = stabkit.policy_picture(mix)

figure = stabkit.figure(found)
