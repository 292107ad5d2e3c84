"""What the host asks of the fork server, as messages over a socket that keeps them apart.

Once it is ready, and unasked, the server sends an encoded dict: the versions of what it has loaded,
and under `missing` why its children cannot be strict (empty if they can).

    FORK   bounds, with two descriptors: the child's     PID      the child's number; if there is
           channel, and where it prints                           none, the error's, negative
    ASK    a child's number                              STATUS   whether it has ended, and its
                                                                  wait status
    KILL   a child's number                              nothing
    LOAD   encoded names of modules to import            encoded, why that failed: "" if it did not

Replies come in the order of the requests.
"""

from __future__ import annotations

import struct

DESCRIPTORS = struct.Struct("@ii")  # as the kernel hands them over: channel, where to print
FORK = struct.Struct("<cII?")  # b"f", memory_mib, cpu_s, whether it is to be strict
LOAD = b"l"
ASK = KILL = struct.Struct("<cI")  # b"a" or b"k", pid
PID = struct.Struct("<i")
STATUS = struct.Struct("<?i")
LONGEST = 4096
