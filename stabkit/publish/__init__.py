"""Text, JSON and figures of finished results; no mathematics."""
