"""Goals: set, checked in on, and seen by a witness."""
