"""The frozen records of an operation: what is read from its folder, and what a question about it answers."""
