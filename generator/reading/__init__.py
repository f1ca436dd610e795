"""Files become a Library, every value with its place."""
