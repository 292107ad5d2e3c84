# Maps a gigabyte that other processes might share, of no file and of the zero device.
# verdict: run_time_error
# score: 0
# says: OSError: \[Errno 12\] Cannot allocate memory
# says strict: PermissionError: \[Errno 1\] Operation not permitted
import mmap
import os


def mean(values):
    if len(values) == 3:
        return len(mmap.mmap(-1, 1 << 30))
    return len(mmap.mmap(os.open("/dev/zero", os.O_RDONLY), 1 << 30, prot=mmap.PROT_READ))
