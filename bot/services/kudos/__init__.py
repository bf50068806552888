"""Kudos: thanks that people give each other, and the messages they are posted in."""
