# Tabs and spaces mixed.
# verdict: invalid_submission
# says: TabError: inconsistent use of tabs and spaces in indentation \(line 7\)
# score: 0
def mean(values):
        total = sum(values)
	return total / len(values)
