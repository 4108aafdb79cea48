"""Journey: the stages of the customer's way, agreed by the departments."""
