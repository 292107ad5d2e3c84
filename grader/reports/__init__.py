"""Reports: one small writer per format. They see the nouns alone, never files or processes."""
