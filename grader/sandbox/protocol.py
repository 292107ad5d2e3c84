"""The requests of the host to the fork server, over a socket that preserves message boundaries.

When the server is ready, it sends an encoded dict: the versions of Python and NumPy, its pid under
`process`, and under `missing` why its children cannot be strict ("" if they can). From then on it
replies to requests. If it cannot start or continue, it sends a dict with the reason under `failed`
and ends.

    request                                              reply
    FORK   limits, with two descriptors: the child's     PID      the child's pid; if there is none,
           channel, and its output                                the negative number of the error
    ASK    a child's pid                                 STATUS   whether it has ended, and its wait
                                                                  status
    KILL   a child's pid                                 none
    REMIND a child's pid                                 none: the child looks at its clock
    LOAD   encoded names of modules to import            encoded error; "" if there was none
    SETTLE                                               encoded: the time until which access times
                                                         of readable files stay constant
    HIDE   a path that children may not read             encoded: whether they could read it until
                                                         now, or the number of the error

Replies come in the order of the requests.
"""

from __future__ import annotations

import struct

DESCRIPTORS = struct.Struct("@ii")  # as the kernel passes them: channel, output
FORK = struct.Struct("<cII?")  # b"f", memory_mib, cpu_s, is_strict
LOAD = b"l"
HIDE = b"h"
SETTLE = b"t"
ASK = KILL = REMIND = struct.Struct("<cI")  # b"a", b"k" or b"r", pid
PID = struct.Struct("<i")
STATUS = struct.Struct("<?i")
MAX_MESSAGE = 4096
