"""The life of an upload: read, map, parse, check, match, commit; nothing is lost on the way."""
