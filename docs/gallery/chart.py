"""A stability chart

Where in the plane of prompt length and share the mix is stable. Every region carries its number of
unstable modes.
"""

import stabkit

chart = stabkit.stability_chart((3, 5))

figure = stabkit.figure(chart)
