"""Rules without I/O: no clock, no database, no Slack."""
