"""A grader of numeric and machine-learning coding exercises.

The nouns are in `model`, the work in `judge`, the commands in `cli`; docs/architecture.md draws the
whole. Nothing is imported here: a submission's process loads this package too, and wants it small.
"""

__version__ = "0.1.0"
