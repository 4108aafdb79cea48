"""The desk: pages that look across the rooms (home, journey, me, sponsor desk, administration)."""
