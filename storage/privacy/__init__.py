"""Privacy: which columns hold data of people, and how it is found, erased and counted."""
