"""Voice: what customers said, where it came from, and what it is about."""
