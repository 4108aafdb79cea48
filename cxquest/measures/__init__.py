"""Measures: metrics with a frozen baseline, their readings, and how far they came."""
