"""Ground floor: errors, times, vehicle classes, tables. Imports nothing of the house."""
