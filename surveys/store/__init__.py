"""Where records are kept: one schema derived from the declarations, in a GeoPackage."""
