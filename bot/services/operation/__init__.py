"""The operator's view: health, processes, and what is due next."""
