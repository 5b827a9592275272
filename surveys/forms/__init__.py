"""Forms out: what a survey team fills in, derived from the record types, so that it comes back unmapped."""
