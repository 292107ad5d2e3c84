"""Reports: one small writer per format. They see the model only, never files or processes."""
