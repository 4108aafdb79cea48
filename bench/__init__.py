"""Measurements of speed and memory, each run as a module: `python -m bench.simulation`."""
