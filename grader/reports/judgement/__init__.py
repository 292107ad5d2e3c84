"""Reports of a judgement, one format per module."""
