"""The tests, in folders that mirror `grader/`; helpers in `_support`, files in `data`."""
