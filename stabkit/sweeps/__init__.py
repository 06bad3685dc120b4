"""Sweeps: many mixes, on a grid or in a list, computed in chunks into a folder of Parquet parts.

In reading order:

* `axes`: what the numbers of a grid range over.
* `cells`: mixes one by one and in arrays.
* `grid`, `mix_list`: mixes by row, none of them made before it is asked for.
* `chunks`: ranges of rows that take some seconds each.
* `measures`: the columns, and about how long each takes.
* `sweep_plan`: which mixes, and what is to be found of each.
* `by_row`, `results`: what is found, mix by mix and of a range of rows.
* `parts`: the folder; a part is there whole or not at all, and made once.
* `processes`, `cluster`: maps that survive the death of a worker.
* `sweep_run`: `stabkit.sweep`, which joins them.

It takes from the analysis and below. Others take `sweep_plan`, `processes`, `cluster` and
`sweep_run`.
"""
