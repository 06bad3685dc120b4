"""A sizing

Requests in service on the mean and at worst, beside a cap; the memory that a watermark keeps free.
"""

import stabkit

mix = stabkit.Workload.from_classes([(10, 5)], capacity=650)
found = stabkit.sizing(mix, max_num_seqs=44)

figure = stabkit.figure(found)
