"""What the demo company's people, customers and teams said and did; data, no code."""
