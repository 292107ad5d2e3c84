# Returns an object whose type is called after the arguments, a megabyte long and in colour.
# verdict: wrong_answer
# score: 0
# says: got an object of type .{1,100}, expected 2\.5
# harm: secret
def mean(values):
    name = f"\x1b[31m</script>{values}" + "x" * (1 << 20 if len(values) == 3 else 0)
    return type(name, (), {})()
