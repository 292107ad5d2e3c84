# Stops in a debugger.
# verdict: run_time_error
# says: BdbQuit \(there is no debugger here: remove breakpoint\(\) or set_trace\(\)\)
# score: 0
def mean(values):
    breakpoint()
    return sum(values) / len(values)
