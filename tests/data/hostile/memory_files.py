# Keeps data in files that have no place on disk.
# verdict: run_time_error
# score: 0
# says: OSError: \[Errno 27\] File too large
# says strict: PermissionError: \[Errno 1\] Operation not permitted
import os


def mean(values):
    file = os.memfd_create("held")
    while True:
        os.write(file, bytes(1 << 20))
