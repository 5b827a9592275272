"""What a city does with its records: what has behaviour, not only fields."""
