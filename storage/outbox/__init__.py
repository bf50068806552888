"""The outbox: messages that wait, how they are sent, and how often people are written to."""
