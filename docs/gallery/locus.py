"""A root locus

All modes as the prompts grow, with exact counts of those that are unstable.
"""

import stabkit

mix = stabkit.Workload.from_classes([(5, 3), (5, 5)])
locus = stabkit.root_locus(mix, "s", 0, 20)

figure = stabkit.figure(locus)
