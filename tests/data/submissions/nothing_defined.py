# Only comments.
# verdict: invalid_submission
# says: the function must be called mean; the file defines no function
# score: 0
