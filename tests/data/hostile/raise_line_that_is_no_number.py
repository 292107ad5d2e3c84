# Cannot be imported, because of a syntax error in line 1e9.
# verdict: invalid_submission
# score: 0
# says: ^SyntaxError: boom; the function must be called mean
raise SyntaxError("boom", ("submission.py", 1e9, 0, ""))
