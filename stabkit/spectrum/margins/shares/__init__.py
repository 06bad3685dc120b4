"""Stability in the shares: how wrong may the class mix be before the verdict changes?

In reading order:

* `arcs`: on an arc of the circle, how near shares with a mode there may be: a lower bound.
* `search`: arcs bisected best first, until bound and example meet.
* `radius`: `stabkit.share_radius`, the enclosure that comes of it.
* `polytope`: vertices and edges of the shares between bounds.
* `relative`: the bounds of `arcs` for relative errors of all shares at once.
* `tolerance`: `stabkit.share_tolerance`, the largest such error.
* `sampled`: the same for the ellipsoid that a sample leaves open.
* `robust`: `stabkit.robust_shares`, by the edge theorem.

It takes from `partition` and below. Others take `radius`, `polytope`, `tolerance` and `robust`.
"""
