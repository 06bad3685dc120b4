"""The dynamics: simulator, admission policies, measured growth and long-run means."""
