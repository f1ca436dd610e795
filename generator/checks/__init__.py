"""Rules over the Library. A rule is a function that returns diagnostics and prints nothing."""
