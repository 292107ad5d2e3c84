"""Runs calls of untrusted code, and reports what happened.

Three kinds of processes take part. The grader itself (`host`) knows the expected answers and never
runs a line of a submission. It starts one `server`, which has Python and NumPy loaded and does
nothing but fork: a `child` per submission, which loads it and makes the calls. Sources, arguments
and answers pass directly between host and child, over a channel the server only hands on, as
`frames` of encoded values; so nothing of one submission is ever in the memory of another's child.
Where there is no fork to be had or it is not safe (Windows, macOS) the child is a fresh process of
its own (`spawned`), slower and otherwise the same.

The threat: a submission is a stranger's program. What it says about itself is believed of its
answer alone. How long it took, what it used and how it ended is measured from outside.

What every tier stops: getting at expected answers (they never enter its process), answering for
another call (every call carries a token of its own), endless loops, memory hogs, floods of output,
crashes, orphaned processes, and filling the disk. What the tier `strict` stops besides: reading
anything but Python and its packages (`landlock`), writing, sockets, new processes, signals,
tracing, and whatever else a numeric program does not ask of the kernel (`seccomp`). `confine` puts
the layers on, before the first line of a submission. What is not stopped: looking whether a file
exists, telling a few bits by how long a call takes or how it fails, and faults of the kernel.

`docs/sandbox.md` says the same to whoever runs the grader.
"""
