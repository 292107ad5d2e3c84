"""From an attempt to its judgement: lanes, what waits, and what is judged at the start."""
