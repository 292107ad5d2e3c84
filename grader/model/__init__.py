"""The nouns: frozen types that hold what is known, and know nothing of files or processes."""
