# A number under the name.
# verdict: invalid_submission
# says: mean has the type float and is not a function
# score: 0
mean = 2.5
