"""Teaching plans, worksheets and the exam, for `scripts/make_print.py`."""
