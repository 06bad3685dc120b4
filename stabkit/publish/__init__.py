"""Publishing: text, JSON, figures and documents of finished results; no mathematics.

The rooms and modules, in reading order; each may take from those before it; `figures`,
`derivation` and `theory` not from each other:

* `files`: output written whole or not at all.
* `layout`: lines of a text, for terminals of any width; `labels`: the theory's labels by name.
* `rendering`: `stabkit.to_dict`, `text` and `figure`, which find the writer of any result.
* `schemas`: the JSON Schemas of all records.
* `document`: a document as data, and its writers: LaTeX, HTML, PDF.
* `text`: reports for people, and JSON types.
* `figures`: drawings, in one style.
* `derivation`: the whole reasoning about one workload, as a document.
* `theory`: the checked theorems, as an article and as pages.
* `notebook`: what a notebook shows of a result.

It takes records from the layers below. What a page needs beyond a record is computed there, when it
is asked for: the data of a figure (`analysis.pictures`), and what a derivation says
(`analysis.facts`). So are more `digits` of a threshold than it has proved, which may take seconds.
Others take all but `notebook`.
"""
