"""Runs calls of untrusted code and reports what happened.

Processes
    The grader itself (`host`) knows the expected answers and never runs a line of a submission. It
    starts a `server`, which has Python and NumPy loaded and does nothing but fork: a `child` per
    submission, which loads the program and makes the calls. Sources, arguments and answers pass
    directly between host and child, as `frames` of encoded values, over a channel that the server
    only passes on. So data of one submission is never in the memory of another's child. Where fork
    does not exist or is not safe (Windows, macOS), each child is a new interpreter (`spawned`):
    slower, otherwise the same.

Threat model
    A submission is an untrusted program. It is trusted for its answers only: time, memory and exit
    are measured from outside.

    Every tier prevents reading expected answers (they never enter its process), answering for
    another call (every call has its own random token), endless loops, excessive memory or output,
    crashes of the grader, orphaned processes, and filling the disk. The tier `strict` also prevents
    reading anything except Python and its packages (`landlock`), writing, sockets, new processes,
    signals, tracing, and every system call that a numeric program does not need (`seccomp`).
    `confine` applies the layers before the first line of a submission runs.

    Two submissions cannot pass information to each other by files, their times of access
    (`access_times`), locks or shared memory.

    Not prevented: testing whether a file exists, passing on a few bits by the failure of a call or
    by what the kernel has cached, and exploiting bugs in the kernel.

docs/sandbox.md says the same for operators.
"""
