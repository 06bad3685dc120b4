"""Fluctuations of finite servers."""
