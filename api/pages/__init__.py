"""The pages people read: what each shows (plain values) and the templates that show it."""
