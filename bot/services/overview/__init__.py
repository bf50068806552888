"""What draws on many topics at once: Home, the weekly note, and the question after three weeks."""
