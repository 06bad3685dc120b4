"""Request logs: one row per request, in any of the shapes that servers and load generators write.

In reading order:

* `log_formats`: the names that the two numbers of tokens have, and where they are found in a row.
* `window`: the part of a log between two of its own times.
* `tally`: requests counted by decode length and by pair; all readers end there.
* `opened`: a file or the standard input, unpacked, as bytes to read once.
* `tables`, `objects`, `columns`: the readers, of CSV and TSV, of JSON, and of Parquet and arrays.
* `plain`: what most rows of a table are, read by numpy, many at once.
* `read`: which reader a log needs, by its first bytes.
* `rows`: the requests one by one, in their order, for a replay.

`stabkit.model.files` takes `read`, and the workload makes itself from what that returns. Others
take all but `objects`, `plain` and `tables`.
"""
