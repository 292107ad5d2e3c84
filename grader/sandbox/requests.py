"""What the host asks of the fork server, as messages over a socket that keeps them apart.

FORK    bounds, with two descriptors: the child's channel,     PID      the child's number
        and where it prints
END     a child's number, and whether to kill it               STATUS   whether it has ended,
                                                                        and its wait status
"""

from __future__ import annotations

import struct

FORK = struct.Struct("<cII")  # b"f", memory_mib, cpu_s
END = struct.Struct("<cI?")  # b"e", pid, kill
PID = struct.Struct("<I")
STATUS = struct.Struct("<?i")
LONGEST = 4096
