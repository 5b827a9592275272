"""What the survey data means and what people decide with it."""
