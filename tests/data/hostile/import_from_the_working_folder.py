# Looks for modules in its working folder, the temporary one and the user's.
# verdict: accepted
# score: 4
import site
import sys

sys.path[:0] = ["", ".", "/tmp", site.getusersitepackages()]
try:
    import hostile_module_that_is_not_there
except ImportError:
    pass
import sched


def mean(values):
    return sum(values) / len(values)
