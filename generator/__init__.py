"""Turns the library in `content/` into a site and printable files."""
