"""People: who takes part, their settings, and how often the bot writes to them."""
