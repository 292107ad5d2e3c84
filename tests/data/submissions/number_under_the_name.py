# A number under the name.
# verdict: invalid_submission
# says: mean is float, not a function
# score: 0
mean = 2.5
