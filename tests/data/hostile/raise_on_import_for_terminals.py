# Raises on import what a terminal or a CI log might obey, over many lines.
# verdict: invalid_submission
# score: 0
# says: ^RuntimeError: \n::error::pwned
raise RuntimeError("\n::error::pwned\n\x1b[2Jaccepted, 4 of 4 points\n" * 50)
