# A float that runs a command wherever somebody pickles or copies it. Underneath it is 1.0.
# verdict: wrong_answer
# score: 0
# says: got 1\.0, expected 2\.5
# harm: file hostile-reduced
import os


class Number(float):
    def __reduce_ex__(self, protocol):
        return os.mkdir, ("/tmp/hostile-reduced",)

    def __deepcopy__(self, memo):
        os.mkdir("/tmp/hostile-reduced")

    __reduce__ = __getstate__ = __getnewargs__ = __copy__ = __deepcopy__


def mean(values):
    return Number(1.0)
