# Exits while it is imported.
# verdict: invalid_submission
# says: SystemExit: 0 \(the code called exit
# score: 0
raise SystemExit(0)
