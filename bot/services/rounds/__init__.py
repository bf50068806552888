"""Rounds: who is introduced to whom, when, and what became of it."""
