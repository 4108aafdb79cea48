"""Lessons: found again by other teams, suggested where they fit, adopted by departments."""
