"""Objections of units (*sanggahan*) against the draft of a month: made with evidence, decided with reasons."""
