"""Quests: a cross-department team removes the cause of a pain point, gate by gate."""
