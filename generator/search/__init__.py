"""Search without a server: what the browser loads to find documents."""
