"""Reading any table file that a person brings: nothing lost, nothing invented, doubts shown."""
