"""Textbook theorems as schemas: objects in, obligations to check and a conclusion as data out.

"Proved", in stabkit, is relative to this list, to sympy's polynomial arithmetic and to the runner.
`schema` says what a textbook theorem is here; `zeros`, `limits` and `algebra` are the theorems;
`deduction` makes evidence of one.

It takes the evidence and facts of `stabkit.theorems`. Others take all but `zeros`.
"""
