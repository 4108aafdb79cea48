"""Recognition without ranked points: kudos, badges that carry evidence, and wins."""
