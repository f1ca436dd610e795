"""Artifacts are made, kept and put in place. What their bytes mean is not known here."""
