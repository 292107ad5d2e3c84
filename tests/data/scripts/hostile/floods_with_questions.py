# Asks for given answers without end, with large and odd arguments, and never reads the replies.
# problem: vocabulary
# case: WA 0/1 
# case: WA 0/3 
# case: WA 0/5 
# case: WA 0/1 
# case: WA 0/2 
import time


class Odd:
    def __array__(self, *args):
        raise KeyboardInterrupt


def ask_all():
    end = time.monotonic() + 0.3
    odd = [b"x" * 300_000, "y" * 100_000, {1: {2: [3]}}, [[]] * 1000, -1, None, float("nan"), Odd()]
    number = 0
    while time.monotonic() < end and number < 20_000:
        for each in odd:
            number += 1
            try:
                tokenise(each)
                tokenise(each, each, each)
                tokenise(text=each, **{"": each})
            except BaseException:
                continue


def tokenise(text="", lower=True, *args, **kwargs):
    return []


def vocabulary(texts, size=3):
    ask_all()
    return {}


def rate(text, unit):
    ask_all()
    return [0.0]
