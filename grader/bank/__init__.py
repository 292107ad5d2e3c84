"""The bank of problems: where it is, how a problem is loaded, checked and written."""
