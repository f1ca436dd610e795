"""What programs read of the library: its changes, its catalogue, its addresses, each document described."""
