# Executes code it has made up, under another file's name, and cannot be found in.
# verdict: run_time_error
# score: 0
# says: ^ZeroDivisionError: division by zero$
exec(compile("def mean(values):\n    return 1 / 0\n", "<made up>", "exec"))
