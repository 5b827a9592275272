"""The ways in: the web application and the command line."""
