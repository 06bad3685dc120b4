"""What limit cycles cost, for `scripts/make_losses.py`: `numbers`, `tables` and the `drawing`."""
