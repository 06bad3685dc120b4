"""The atlas of thresholds

Coprime pairs of decode lengths up to 60, and the prompt length above which each is stable.
"""

import stabkit

figure = stabkit.figure(stabkit.atlas())
