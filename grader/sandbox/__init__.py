"""Runs calls of untrusted code and reports what happened.

Processes
    The grader itself (`host`) knows the expected answers and never runs a line of a submission. It
    starts a `server`, a process that has NumPy loaded and does nothing but fork. For each
    submission the server forks a `child`, which loads the program and makes the calls. Sources,
    arguments and answers pass directly between host and child, as `frames` of encoded values; the
    server hands the child its end of the channel and reads nothing from it. So data of one
    submission is never in the memory of another's child. Where fork does not exist or is not safe
    (Windows, macOS), each child is a new interpreter (`spawned`), which is slower and has fewer
    limits.

Threat model
    A submission is an untrusted program. Its process is asked for answers only: time, memory and
    exit are measured from outside.

    On Linux, every tier prevents reading expected answers (which never enter the process, except
    those that it asks for by `given`), answering for another call (each has its own random token),
    endless loops, excessive memory or output, crashes of the grader, orphaned processes, and
    filling the disk. The tier `strict` also prevents reading anything except Python, its packages
    and libraries (`landlock`), writing, sockets, new processes, signals, tracing, and every system
    call that a numeric program does not need (`seccomp`). `confine` applies the layers before the
    first line of a submission runs.

    In `strict`, two submissions cannot pass information to each other by the content of files,
    locks or shared memory, nor, where `access_times` can prevent it, by access times.

    Not prevented: testing whether a file exists, passing on arguments of hidden cases by the
    failure of a call or by what the kernel has cached, and exploiting bugs in the kernel.

docs/sandbox.md has the details, the exceptions, and advice for operators.
"""
