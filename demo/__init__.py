"""The demonstration city: a made-up city network on real ground, drawn from a seed."""
