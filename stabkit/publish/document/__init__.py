"""Documents as data, and the writers that decide how they look.

In reading order:

* `tree`: sections of paragraphs, formulas, tables, figures and theorems.
* `symbols`: which symbols of a document are used before they are introduced.
* `latex_words`, `widths`, `line_breaking`: words as LaTeX, and formulas of bounded width.
* `tables`: tables as LaTeX that are no wider than a column.
* `tikz`, `svg`: plots, in the same colours and shapes.
* `tex`: the document as an article or a fragment.
* `html`: as one page with MathML.
* `engine`: from LaTeX to PDF, with the TeX that is installed.

The other rooms make a `tree` and hand it to a writer. Others take all but `svg`, `tables` and
`widths`.
"""
