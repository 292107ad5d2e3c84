"""Judge a submission: answers, verdicts, hints, and what a student may see of them."""
