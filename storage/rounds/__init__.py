"""Rounds: groups, seats, who met whom, and what they answered."""
