"""Pain points: problems in the customer's words, with evidence."""
