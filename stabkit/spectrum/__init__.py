"""What the characteristic polynomial says: counts, roots, spectral radius, each with its proof."""
