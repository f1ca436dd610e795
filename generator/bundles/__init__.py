"""Things made of other things: a book for each audience."""
