"""How it looks: colours, layers, popups, pages with a map, charts. It is handed frames and asks no store."""
