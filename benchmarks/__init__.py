"""Side-by-side timings: ``python -m benchmarks [course|training|physics]``."""
