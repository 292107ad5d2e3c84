# Raises the child's own exceptions, with names that are none.
# problem: counter
# case: RTE 0/1 step 2, one.add(…): not run, because an earlier step did not give its result
import sys

steps = sys.modules["grader.sandbox.steps"]


class Counter:
    def add(self, step):
        raise steps.NoResult([self, step])

    def copy(self):
        raise steps.NoResult("\x1b[2J" * 9)

    def __add__(self, other):
        raise steps.NotDefined({"error": self, "line": "all", "kinds": [self]})

    def __repr__(self):
        raise steps.NotDefined({"error": "\ud800" * 100})
