"""The people of the local workspace, and those who act by themselves."""
