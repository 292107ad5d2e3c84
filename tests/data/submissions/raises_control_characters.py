# Raises an exception that tries to clear the screen, and to be a command of a CI system.
# verdict: run_time_error
# says: ValueError: .\[2J.\[H.::error::fooled
# score: 0
def mean(values):
    raise ValueError("\x1b[2J\x1b[H\r::error::fooled \u202e")
