"""Rewards: from an event to points, with a reason for each. It has never heard of a quest."""
