"""The theory as it is published: the checked theorems and their evidence.

In reading order:

* `evidence`: what a step of a proof rests on, as LaTeX.
* `article`: all theorems as one LaTeX article.
* `pages`: the same as Markdown, a page for each chapter.

It takes from `text` and `document`; `scripts/make_theory.py` writes both.
"""
