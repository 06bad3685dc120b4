"""The radius of stability in the shares: how wrong may the class mix be before the verdict changes?

In reading order:

* `arcs`: on an arc of the circle, how near shares with a mode there may be: a lower bound.
* `search`: arcs bisected best first, until bound and example meet.
* `radius`: `stabkit.share_radius`, the enclosure that comes of it, the only thing others take.

It takes from `roots` and below.
"""
