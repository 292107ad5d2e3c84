"""The book: drafts, attempts and outcomes on the disk."""
