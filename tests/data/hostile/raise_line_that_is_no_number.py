# Cannot be imported, because of a syntax error in line 1e9.
# verdict: invalid_submission
# score: 0
# says: while the file was being imported: its reply cannot be read: an error report has an unknown format
raise SyntaxError("boom", ("submission.py", 1e9, 0, ""))
