"""Communities: set up, talked about, invited to, and given a prompt each week."""
