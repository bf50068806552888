"""Privacy: what is stored about a person, their export, erasure, and how long rows are kept."""
