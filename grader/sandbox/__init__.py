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

What this form stops: getting at expected answers (they never enter its process), answering for
another call (every call carries a token of its own), endless loops, memory hogs, floods of output,
crashes, orphaned processes, and writing files of any size. What it does not stop yet: reading
files, using the network, starting processes while it runs. `confine` is the place where a child
gives up its rights before the first line of a submission.
"""
