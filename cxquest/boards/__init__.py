"""Boards: who removed what, by season; teams first, people only for themselves."""
