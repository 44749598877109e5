"""One small interface to every kind of source. A connector has no database, no clock and no connection of its own."""
