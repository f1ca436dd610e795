"""What other programs read of the library: calendars, lists, feeds."""
