"""The people's side of channels: adding one after a look at it, whose it is, how its harvest fares, visiting it now."""
