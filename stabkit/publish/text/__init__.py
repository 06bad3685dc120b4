"""Text: every result as a report for people and as JSON types; one module per class of result.

A module is called like the one that its result comes from, and is found by that name: a new one is
not listed anywhere, not here either. What they share:

* `numbers`: rounded, grouped, as many digits as a person can use.
* `tables`: columns that no terminal folds.
* `along`: what moves along a line of inputs, a share or a gain.
* `formulas`: λ, Σ and ≤ in place of LaTeX.
* `dialect`: one key and one type for what is the same in every command's JSON.
* `capacity`: what is said where none was given.
* `verdict`: the verdict in plain sentences.

It takes from `rendering`, `layout` and `schemas`, and from `document` for exercises on paper.
Others take `along`, `capacity`, `chart`, `comparison`, `criterion`, `exercises`, `finite_words`,
`lessons`, `numbers`, `roots`, `sweep` and `verdict`.
"""
