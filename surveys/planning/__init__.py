"""Planning: pure functions from the frames of a city network to the tables people decide by."""
