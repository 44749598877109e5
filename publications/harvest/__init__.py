"""Publications that come in by themselves: what a source's file says (pure), and the one client that fetches it."""
