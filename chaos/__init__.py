"""Kills the bot's processes while they work, plays a whole year, and counts afterwards what came of it."""
