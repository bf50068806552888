"""The way between the local workspace and the app: events, clicks, answers, limits and faults."""
