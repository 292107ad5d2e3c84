"""What the host asks of the fork server, as messages over a socket that keeps them apart.

Once it is ready, and unasked, the server sends an encoded dict: the versions of what it has loaded,
and under `missing` why its children cannot be strict (empty if they can).

FORK    bounds, with two descriptors: the child's channel,     PID      the child's number
        and where it prints
END     a child's number, and whether to kill it               STATUS   whether it has ended,
                                                                        and its wait status
"""

from __future__ import annotations

import struct

FORK = struct.Struct("<cII?")  # b"f", memory_mib, cpu_s, whether it is to be strict
END = struct.Struct("<cI?")  # b"e", pid, kill
PID = struct.Struct("<I")
STATUS = struct.Struct("<?i")
LONGEST = 4096
