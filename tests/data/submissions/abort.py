# Aborts.
# verdict: run_time_error
# says: the process crashed: it called abort
# says strict: the process crashed: a segmentation fault, or it called abort
# score: 0
import os


def mean(values):
    os.abort()
