"""The checks of `grader verify`, by what they look at."""
