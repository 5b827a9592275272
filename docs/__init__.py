"""The generator of the reference pages in this folder; it is no part of the installed product."""
