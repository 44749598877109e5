"""What units put on sites of their own: a badge and a table in a frame."""
