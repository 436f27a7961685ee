"""The command line: the first door of the house."""
