# Makes its own module one of another class, with a property where its function should be.
# verdict: invalid_submission
# score: 0
# says: the function must be called mean; found: Module
import sys
import types


class Module(types.ModuleType):
    mean = property(lambda self: lambda values: sum(values) / len(values))

    def __getattribute__(self, name):
        if name == "__dict__":
            return {"mean": lambda values: 2.5}
        return super().__getattribute__(name)


sys.modules[__name__].__class__ = Module
del sys, types
