# Tabs and spaces mixed so that no width of a tab makes sense.
# verdict: invalid_submission
# says: TabError: inconsistent use .*; line 8 is indented with tabs, lines 6 and 7 with spaces: use the same in all lines \(line 8\)
# score: 0
def mean(values):
  if values:
      total = sum(values)
	return total / len(values)
