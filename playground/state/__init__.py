"""What the local workspace knows, how it is kept, and its clock."""
