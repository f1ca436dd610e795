"""The website: which pages there are, what stands on them, and how they reach MkDocs."""
