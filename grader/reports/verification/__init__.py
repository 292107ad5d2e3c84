"""Reports of `grader verify` and `grader harden`."""
