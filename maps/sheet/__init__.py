"""Printed sheets: PDF pages drawn in millimetres, readable in black and white, in Thai first.

``paper``, ``fonts``, ``pdf`` are the press; ``frame`` what stands on every page; ``table`` pages of
rows; ``grid``, ``plan`` and ``labels`` the plan of a community; ``checking`` and ``questionnaire``
the sheets. What is printed is handed in as frames; the store is never opened here.
"""
