"""Learning notes: what people write down for themselves and share."""
