"""The theory as it is published: the checked theorems and their evidence.

In reading order:

* `evidence`: what a step of a proof rests on, as LaTeX.
* `article`: all theorems as one LaTeX article.

It takes from `text` and `document`.
"""
