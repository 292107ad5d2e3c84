"""The grader inside other programs: Gradescope, pytest, IPython."""
