"""The checks of `grader verify`, one module for each subject."""
