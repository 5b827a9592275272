"""Geometry, units, coordinate systems and file formats: everything that makes sense with no survey."""
