"""The theory as it is published: the checked theorems and their evidence.

In reading order:

* `assertions`, `evidence`: what a step says, and what it rests on, in words and formulas.
* `exposition`: a theorem in sentences, as sections of a document.
* `front`, `chapters`: what stands around the theorems.
* `article`: all of it as one LaTeX article.

It takes from `text` and `document`. Others take `article`.
"""
