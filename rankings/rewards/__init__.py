"""What follows from a final month: piagam, appreciation, reminders, warnings and guidance; a person decides each."""
