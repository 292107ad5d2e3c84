"""Judge submissions: run them, conclude verdicts, find hints, redact for students."""
