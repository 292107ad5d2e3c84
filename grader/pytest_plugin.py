"""The pytest plugin: the cases of a problem as pytest's items."""
