# Maps memory and files privately, calls back from C, and asks the C library about its threads.
# verdict: accepted
# score: 4
import codecs
import ctypes
import locale
import mmap
import multiprocessing.heap
import multiprocessing.pool
import multiprocessing.shared_memory
import os
import threading

import numpy as np

libc = ctypes.CDLL(None, use_errno=True)
libc.pthread_self.restype = ctypes.c_void_p
ORDER = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_double), ctypes.POINTER(ctypes.c_double))


@ORDER
def ascending(one, other):
    return (one[0] > other[0]) - (one[0] < other[0])


def attributes(found):
    """Ask for the stack of this thread, as interpreters and collectors of garbage do."""
    kept = ctypes.create_string_buffer(256)
    found.append(libc.pthread_getattr_np(ctypes.c_void_p(libc.pthread_self()), kept))


def converts():
    """Convert by the C library's tables, which it maps shared if it may."""
    libc.iconv_open.restype = ctypes.c_void_p
    return libc.iconv_open(b"UTF-16", b"LATIN1") != ctypes.c_void_p(-1).value


def mean(values):
    private = mmap.mmap(-1, 8192, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    private[:4] = b"kept"
    with open(os.__file__, "rb") as file:
        text = mmap.mmap(file.fileno(), 0, flags=mmap.MAP_PRIVATE, prot=mmap.PROT_READ)
    assert private[:4] == b"kept" and text.find(b"import") > 0
    array = (ctypes.c_double * len(values))(*reversed(values))
    libc.qsort(array, ctypes.c_size_t(len(values)), ctypes.c_size_t(8), ascending)
    found = []
    thread = threading.Thread(target=attributes, args=(found,))
    thread.start()
    thread.join()
    assert found == [0] and converts(), found
    assert codecs.lookup("cp1252") and locale.localeconv()
    big = np.ones((1500, 1500)) @ np.ones(1500)
    assert big[0] == 1500 and os.sched_getaffinity(os.getpid()) == os.sched_getaffinity(0)
    return sum(array) / len(values)
