"""Links that a unit's staff send where the harvest cannot read: one by one, from the phone's share sheet, by CSV."""
