"""The board: what the staff of a course sees while students work."""
