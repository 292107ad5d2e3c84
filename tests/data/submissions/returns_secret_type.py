# Returns an object whose type is named for its arguments.
# verdict: wrong_answer
# says: returned an object of another type
# score: 0
def mean(values):
    return type(f"T{values}", (), {})()
